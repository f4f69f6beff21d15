import { client, dataOf, setCsrf, whenUnauthorised } from "@api/client";
import type { Session } from "@api/types";
import { dropAllDrafts } from "@kit/drafts";
import { setServerTime } from "@kit/now";
import { type Me, MeContext } from "@kit/session";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";

const KEY = ["/session"];

/** Who is signed in; `null` when nobody is. */
async function readSession(): Promise<Session | null> {
  try {
    return take(dataOf(await client.GET("/session")));
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 401) return null;
    throw error;
  }
}

function take(session: Session): Session {
  setCsrf(session.csrf);
  setServerTime(session.now);
  return session;
}

export function useSessionQuery() {
  const queries = useQueryClient();
  useEffect(() => whenUnauthorised(() => queries.setQueryData(KEY, null)), [queries]);
  return useQuery({ queryKey: KEY, queryFn: readSession, retry: 1, staleTime: 60_000 });
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  const me = useMemo<Me>(
    () => ({
      username: session.username,
      person: session.person,
      roles: session.roles.map((role) => role.id),
      region: session.region ?? "",
      org: session.org.id,
      subject: session.subject ?? "",
      may: session.may,
    }),
    [session],
  );
  return (
    <SessionContext.Provider value={session}>
      <MeContext.Provider value={me}>{children}</MeContext.Provider>
    </SessionContext.Provider>
  );
}

/** The session of a page inside the shell. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("这个页面需要先登录");
  return session;
}

/** Signing in and out: the cache belongs to one person and is emptied with the session. */
export function useSignIn() {
  const queries = useQueryClient();
  return {
    enter: (session: Session) => {
      queries.clear();
      queries.setQueryData(KEY, take(session));
    },
    reload: () => queries.invalidateQueries({ queryKey: KEY }),
    leave: async () => {
      await client.DELETE("/session", {}).catch(() => {});
      dropAllDrafts();
      queries.clear();
      queries.setQueryData(KEY, null);
    },
  };
}
