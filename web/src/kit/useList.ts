import { useRef } from "react";
import { usePathname, useQuery, useSetQuery } from "./nav";
import { read, write } from "./prefs";

/** What a list asks the server for: everything about it stands in the URL, so that it can be shared and the back button works. */
export interface ListState {
  /** Filters as typed, without paging and sorting. */
  filters: Record<string, string>;
  sort: string;
  size: number;
  page: number;
  cursor: string;
  /** The query of the API for these. */
  query: Record<string, string | undefined>;
  setFilters: (change: Record<string, string | undefined>) => void;
  reset: () => void;
  setSort: (sort: string) => void;
  setSize: (size: number) => void;
  forward: (cursor: string) => void;
  back: () => void;
}

export const PAGE_SIZES = [10, 20, 50, 100];
const RESERVED = new Set(["sort", "size", "page", "cursor"]);
const SIZE_KEY = "anlan.pageSize";

export function filtersOf(query: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([name]) => !RESERVED.has(name)));
}

/** `defaults` are filters in force until the URL says otherwise; `fixed` belong to the page and never show in the URL. */
export function useList(options: { sort?: string; fixed?: Record<string, string | undefined> } = {}): ListState {
  const query = useQuery();
  const setQuery = useSetQuery();
  const path = usePathname();
  // The cursors of the pages behind this one; a link that was sent to a colleague has none and goes back to the start.
  const trail = useRef<{ of: string; cursors: string[] }>({ of: "", cursors: [] });
  const filters = filtersOf(query);
  const sort = query.sort ?? options.sort ?? "";
  const stored = Number(read(SIZE_KEY));
  const size = sizeOf(query.size) ?? (PAGE_SIZES.includes(stored) ? stored : 20);
  const of = JSON.stringify([path, filters, sort, size]);
  if (trail.current.of !== of) trail.current = { of, cursors: [] };
  const start = { cursor: undefined, page: undefined };
  const page = Math.max(1, Number(query.page) || 1);
  return {
    filters,
    sort,
    size,
    page,
    cursor: query.cursor ?? "",
    query: {
      ...filters,
      ...options.fixed,
      sort: sort || undefined,
      "page[size]": String(size),
      "page[cursor]": query.cursor,
    },
    setFilters: (change) => setQuery({ ...change, ...start }),
    reset: () => setQuery({ ...Object.fromEntries(Object.keys(query).map((name) => [name, undefined])) }),
    setSort: (next) => setQuery({ sort: next || undefined, ...start }),
    setSize: (next) => {
      write(SIZE_KEY, next);
      setQuery({ size: String(next), ...start });
    },
    forward: (cursor) => {
      trail.current.cursors[page - 1] = query.cursor ?? "";
      setQuery({ cursor, page: String(page + 1) });
    },
    back: () => {
      const before = trail.current.cursors[page - 2];
      setQuery(before ? { cursor: before, page: String(page - 1) } : start);
    },
  };
}

function sizeOf(text: string | undefined): number | null {
  const size = Number(text);
  return PAGE_SIZES.includes(size) ? size : null;
}
