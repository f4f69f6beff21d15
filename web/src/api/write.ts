import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { ApiError } from "./client";

/** A random id; `crypto.randomUUID` exists in secure contexts only, and a node may be reached over plain HTTP on loopback names. */
export function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps one idempotency key per content: a retry of the same form reuses it, a corrected form gets another. */
export class KeyRing {
  private content = "";
  private key = "";
  keyFor(body: unknown): string {
    const content = JSON.stringify(body ?? null);
    if (!this.key || content !== this.content) {
      this.content = content;
      this.key = newKey();
    }
    return this.key;
  }
  spent(): void {
    this.key = "";
  }
}

/** Marks the answers of these paths (by prefix) as old, so that screens that show them ask again. */
export function useRefresh(): (paths: string[]) => void {
  const queries = useQueryClient();
  return (paths) =>
    void queries.invalidateQueries({
      predicate: (query) => paths.some((path) => String(query.queryKey[0]).startsWith(path)),
    });
}

/** One write to the server with its idempotency key; afterwards the lists it touches are read again. */
export function useWrite<B, R>(
  send: (body: B, headers: { "Idempotency-Key": string }) => Promise<R>,
  options: { refresh?: string[]; done?: (answer: R, body: B) => void; failed?: (error: ApiError) => void } = {},
) {
  const ring = useRef(new KeyRing());
  const refresh = useRefresh();
  return useMutation<R, ApiError, B>({
    mutationFn: (body) => send(body, { "Idempotency-Key": ring.current.keyFor(body) }),
    onSuccess: (answer, body) => {
      ring.current.spent();
      refresh(options.refresh ?? []);
      options.done?.(answer, body);
    },
    onError: (error) => options.failed?.(error),
  });
}
