import { useLiveLink } from "@api/live";
import { AppLink, toSearch } from "@kit/nav";
import { Page } from "@kit/Page";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import type { Screen } from "@kit/screens";
import { Theme } from "@kit/theme";
import { Navigate, Outlet, useRouterState } from "@tanstack/react-router";
import { Spin } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { SessionProvider, useSessionQuery } from "./session";

const Shell = lazy(() => import("./Shell"));
const NewPassword = lazy(() => import("./NewPassword"));
const AlarmToasts = lazy(() => import("./AlarmToasts"));

function useScreen(): Screen | undefined {
  return useRouterState({
    select: (state) => (state.matches[state.matches.length - 1]?.staticData as { screen?: Screen } | undefined)?.screen,
  });
}

/** Decides what stands around a page: nothing, the portal, or the wall; and asks for a login where one is needed. */
export function Gate() {
  const screen = useScreen();
  const layout = screen?.layout ?? "shell";
  return (
    <Theme dark={layout === "wall"}>
      <Suspense fallback={<Waiting />}>
        {layout === "plain" ? <Outlet /> : <Private wall={layout === "wall"} screen={screen} />}
      </Suspense>
    </Theme>
  );
}

function Private({ wall, screen }: { wall: boolean; screen: Screen | undefined }) {
  const { data: session, isPending, error, refetch } = useSessionQuery();
  const here = useRouterState({ select: (state) => state.location.href });
  useLiveLink(Boolean(session));
  if (isPending) return <Waiting />;
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (!session) return <Navigate to={`/login${here === "/" ? "" : toSearch({ next: here })}` as "/"} replace />;
  if (session.must_change_password) return <NewPassword />;
  return (
    <SessionProvider session={session}>
      {wall ? (
        <Outlet />
      ) : (
        <Shell screen={screen}>
          <Outlet />
        </Shell>
      )}
      <AlarmToasts />
    </SessionProvider>
  );
}

function Waiting() {
  return (
    <div className="waiting" role="status" aria-label="正在载入">
      <Spin size="large" />
    </div>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("没有这个页面")}>
      <EmptyNext
        text={t("地址可能已经变更，或者您没有查看权限。")}
        action={<AppLink to="/">{t("回到工作台")}</AppLink>}
      />
    </Page>
  );
}

export function PageError({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation();
  return (
    <Page title={t("页面打不开")}>
      <ProblemAlert error={error} retry={reset} />
    </Page>
  );
}
