import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { API } from "./client";
import type { Fact, Readings } from "./types";

export type LinkState = "connecting" | "open" | "lost";
type Message = { fact: Fact } | { state: LinkState } | { ask: true };

/**
 * One event stream per browser. HTTP/1.1 allows six connections to a host, so ten open tabs must not hold ten streams:
 * the tab that gets the lock listens and passes the facts on. Where locks are missing (plain HTTP) each tab listens itself.
 */
class LiveLink {
  private facts = new Set<(fact: Fact) => void>();
  private watchers = new Set<() => void>();
  private channel: BroadcastChannel | null = null;
  private source: EventSource | null = null;
  private stopping: AbortController | null = null;
  private newest = 0;
  state: LinkState = "connecting";
  /** Called when the stream came back after a break: facts may have been missed while nobody listened. */
  onReturn: () => void = () => {};

  start(): void {
    if (this.stopping) return;
    const stopping = new AbortController();
    this.stopping = stopping;
    if (typeof BroadcastChannel === "function") {
      this.channel = new BroadcastChannel("anlan-live");
      this.channel.onmessage = (message: MessageEvent<Message>) => this.receive(message.data);
      this.channel.postMessage({ ask: true } satisfies Message);
    }
    if (!navigator.locks) {
      this.open();
      return;
    }
    navigator.locks
      .request("anlan-live", { signal: stopping.signal }, () => {
        this.open();
        return new Promise<void>((release) => stopping.signal.addEventListener("abort", () => release()));
      })
      .catch(() => {});
  }

  stop(): void {
    this.stopping?.abort();
    this.stopping = null;
    this.source?.close();
    this.source = null;
    this.channel?.close();
    this.channel = null;
    this.change("connecting");
  }

  onFact(listener: (fact: Fact) => void): () => void {
    this.facts.add(listener);
    return () => this.facts.delete(listener);
  }

  watch = (listener: () => void): (() => void) => {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  };

  private open(): void {
    let broken = false;
    // A browser repeats Last-Event-ID by itself only within one stream; a tab that takes over says where the last one was.
    const source = new EventSource(this.newest > 0 ? `${API}/live?after=${this.newest}` : `${API}/live`);
    this.source = source;
    source.addEventListener("fact", (event) => this.publish({ fact: JSON.parse(event.data) as Fact }));
    source.onopen = () => {
      this.publish({ state: "open" });
      if (broken) this.onReturn();
      broken = false;
    };
    source.onerror = () => {
      broken = true;
      this.publish({ state: "lost" });
      // A refused stream (e.g. 503 while restarting) is closed for good by the browser: try again ourselves.
      if (source.readyState === EventSource.CLOSED && this.source === source)
        setTimeout(() => this.reopen(source), 3000);
    };
  }

  private reopen(old: EventSource): void {
    if (this.source === old && this.stopping) this.open();
  }

  private publish(message: Message): void {
    this.channel?.postMessage(message);
    this.receive(message);
  }

  private receive(message: Message): void {
    if ("ask" in message) {
      if (this.source) this.channel?.postMessage({ state: this.state } satisfies Message);
    } else if ("state" in message) this.change(message.state);
    else if (message.fact.seq > this.newest) {
      this.newest = message.fact.seq;
      for (const listener of this.facts) listener(message.fact);
    }
  }

  private change(state: LinkState): void {
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}

export const live = new LiveLink();

/** Whether the stream is up, for the lamp in the header. */
export function useLinkState(): LinkState {
  return useSyncExternalStore(live.watch, () => live.state);
}

/** Calls back for each fact whose kind starts with one of the prefixes. */
export function useLive(kinds: string[], act: (fact: Fact) => void): void {
  const current = useRef(act);
  current.current = act;
  const prefixes = kinds.join("\n");
  useEffect(() => {
    const wanted = prefixes.split("\n");
    return live.onFact((fact) => {
      if (wanted.some((kind) => fact.kind.startsWith(kind))) current.current(fact);
    });
  }, [prefixes]);
}

/** Ties the stream to the cache: an answer that named a kind of fact is read again, at most twice a second. */
export function bindLive(queries: QueryClient): () => void {
  const waiting = new Set<string>();
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    const kinds = [...waiting];
    waiting.clear();
    void queries.invalidateQueries({
      predicate: (query) => {
        const wanted = (query.meta?.live as string[] | undefined) ?? [];
        return wanted.some((prefix) => kinds.some((kind) => kind.startsWith(prefix)));
      },
    });
  };
  live.onReturn = () => void queries.invalidateQueries();
  return live.onFact((fact) => {
    waiting.add(fact.kind);
    if (!scheduled) setTimeout(flush, 500);
    scheduled = true;
  });
}

/** Starts the stream while someone is signed in. */
export function useLiveLink(on: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!on) return;
    const unbind = bindLive(queries);
    live.start();
    return () => {
      unbind();
      live.stop();
    };
  }, [on, queries]);
}

/** The readings of one enterprise while the page is open: a stream of its own, because only this page wants them. */
export function useReadings(enterprise: string | undefined, act: (readings: Readings) => void): void {
  const current = useRef(act);
  current.current = act;
  useEffect(() => {
    if (!enterprise) return;
    const source = new EventSource(`${API}/live?readings=${encodeURIComponent(enterprise)}`);
    source.addEventListener("readings", (event) => current.current(JSON.parse(event.data) as Readings));
    return () => source.close();
  }, [enterprise]);
}
