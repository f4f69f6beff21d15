import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import type { paths, Query } from "./paths";

type GetPath = { [K in keyof paths]: paths[K] extends { get: unknown } ? K : never }[keyof paths];
type Body<P extends GetPath> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer R } } } };
}
  ? R
  : never;

type QueryOf<P extends GetPath> = paths[P] extends { get: { parameters: { query?: infer Q } } }
  ? { [K in keyof Q]?: string }
  : Query;

export interface GetOptions<Q = Query> {
  path?: Record<string, string>;
  /** Filters as the URL holds them; their names are the server's. */
  query?: Q;
  /** Kinds of facts (by prefix) after which the answer is asked for again. */
  live?: string[];
  enabled?: boolean;
  /** Keep the last answer on screen while the next one loads: for lists, never for another object's page. */
  keep?: boolean;
  /** Milliseconds between refreshes where no fact announces a change, e.g. ages that the server works out. */
  every?: number;
}

/** The key under which an answer is kept: its path first, so that a write can invalidate by path. */
export function keyOf(path: string, options: { path?: Record<string, string>; query?: object } = {}): unknown[] {
  return [path, options.path ?? {}, options.query ?? {}];
}

/** Reads one route and keeps the answer current. */
export function useGet<P extends GetPath>(path: P, options: GetOptions<QueryOf<P>> = {}): UseQueryResult<Body<P>> {
  return useQuery<unknown>({
    queryKey: keyOf(path, options),
    queryFn: () => fetchOne(path, options),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? false,
    placeholderData: options.keep ? (previous: unknown) => previous : undefined,
    meta: { live: options.live ?? [] },
  }) as UseQueryResult<Body<P>>;
}

/** The same reading without a component around it. */
export async function fetchOne<P extends GetPath>(path: P, options: GetOptions<QueryOf<P>> = {}): Promise<Body<P>> {
  // The route's own types are checked above; openapi-fetch cannot follow a path that is still generic.
  const get = client.GET as (path: string, init: object) => Promise<{ data?: Body<P> }>;
  return dataOf(await get(path, { params: { path: options.path ?? {}, query: clean(options.query) } }));
}

function clean(query: object = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1])));
}
