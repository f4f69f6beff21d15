import { useRouter, useRouterState } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, MouseEvent } from "react";

/** Goes to a path of this application, with or without search parameters, as the server writes them in `link`. */
export function useGo(): (to: string, options?: { replace?: boolean }) => void {
  const router = useRouter();
  return (to, options) => (options?.replace ? router.history.replace(to) : router.history.push(to));
}

/** An ordinary link that does not reload the application; a middle click still opens a tab. */
export function AppLink({ to, onClick, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const go = useGo();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(to);
  };
  return <a href={to} onClick={follow} {...rest} />;
}

/** The search parameters as plain strings: a region code must not become a number. */
export function useQuery(): Record<string, string> {
  return useRouterState({ select: (state) => state.location.search as Record<string, string> });
}

/** Changes some search parameters and keeps the rest; an empty value removes one. */
export function useSetQuery(): (change: Record<string, string | undefined>, options?: { replace?: boolean }) => void {
  const router = useRouter();
  return (change, options) => {
    const { pathname, search } = router.state.location;
    const go = options?.replace ? router.history.replace : router.history.push;
    go(pathname + toSearch({ ...(search as Record<string, string>), ...change }));
  };
}

export function usePathname(): string {
  return useRouterState({ select: (state) => state.location.pathname });
}

export function useParam(name: string): string {
  return useRouterState({
    select: (state) => {
      const params = state.matches[state.matches.length - 1]?.params as Record<string, string> | undefined;
      return params?.[name] ?? "";
    },
  });
}

export function toSearch(query: Record<string, string | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return text ? `?${text}` : "";
}

export function fromSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}
