import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bindLive, live } from "./live";
import type { Fact } from "./types";

class Source {
  static all: Source[] = [];
  static readonly CLOSED = 2;
  readyState = 0;
  onopen: () => void = () => {};
  onerror: () => void = () => {};
  private heard: ((event: { data: string }) => void)[] = [];
  constructor(readonly url: string) {
    Source.all.push(this);
  }
  addEventListener(_: string, listener: (event: { data: string }) => void) {
    this.heard.push(listener);
  }
  close() {
    this.readyState = 2;
  }
  say(fact: Partial<Fact>) {
    for (const listener of this.heard) listener({ data: JSON.stringify(fact) });
  }
}

beforeEach(() => {
  Source.all = [];
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("BroadcastChannel", undefined);
  vi.useFakeTimers();
});
afterEach(() => {
  live.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the event stream", () => {
  it("is opened once, however often it is started", () => {
    live.start();
    live.start();
    expect(Source.all).toHaveLength(1);
  });
  it("tells each fact once, also when it comes twice", () => {
    const seen: number[] = [];
    const off = live.onFact((fact) => seen.push(fact.seq));
    live.start();
    Source.all[0]?.say({ seq: 1001, kind: "iot.alarm.raised" });
    Source.all[0]?.say({ seq: 1001, kind: "iot.alarm.raised" });
    off();
    expect(seen).toEqual([1001]);
  });
  it("goes on after the last fact when it has to be opened again", () => {
    live.start();
    Source.all[0]?.say({ seq: 2000, kind: "x" });
    live.stop();
    live.start();
    expect(Source.all[1]?.url).toContain("after=2000");
  });
  it("makes answers old that named the kind of fact, and leaves the others", () => {
    const queries = new QueryClient();
    const old = vi.spyOn(queries, "invalidateQueries");
    const unbind = bindLive(queries);
    live.start();
    Source.all[0]?.say({ seq: 3000, kind: "iot.alarm.raised" });
    Source.all[0]?.say({ seq: 3001, kind: "iot.alarm.acknowledged" });
    vi.advanceTimersByTime(600);
    expect(old).toHaveBeenCalledOnce();
    const predicate = old.mock.calls[0]?.[0]?.predicate as (query: { meta: object }) => boolean;
    expect(predicate({ meta: { live: ["iot.alarm"] } })).toBe(true);
    expect(predicate({ meta: { live: ["ent."] } })).toBe(false);
    unbind();
  });
});
