import { client } from "@api/client";
import { fetchOne } from "@api/hooks";
import type { Notification } from "@api/types";
import { useWrite } from "@api/write";
import { dateTime } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page, Panel } from "@kit/Page";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { StatusTag } from "@kit/tags";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

const PAGE = 50;

export default function Notifications() {
  const { t } = useTranslation();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["/notifications", "all"],
    queryFn: ({ pageParam }) => fetchOne("/notifications", { query: { limit: String(PAGE), before: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.items.length < PAGE ? undefined : page.items[page.items.length - 1]?.created_at),
    meta: { live: [""] },
  });
  const markRead = useWrite(
    (ids: string[], header) => client.POST("/notifications/read", { params: { header }, body: { ids } }),
    { refresh: ["/notifications"] },
  );
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const unread = data?.pages[0]?.unread ?? 0;
  return (
    <Page
      title={t("消息通知")}
      note={`${t("未读")} ${unread} ${t("条")}`}
      extra={unread > 0 && <Button onClick={() => markRead.mutate([])}>{t("全部标为已读")}</Button>}
    >
      <ProblemAlert error={error} retry={() => void refetch()} />
      <Panel>
        {data && items.length === 0 && <EmptyNext text={t("还没有收到过通知。预警、待办和审批结果会发到这里。")} />}
        <ul className="card-items">
          {items.map((item) => (
            <Item key={item.id} item={item} read={() => !item.read_at && markRead.mutate([item.id])} />
          ))}
        </ul>
        {hasNextPage && (
          <Button block loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("查看更早的通知")}
          </Button>
        )}
      </Panel>
    </Page>
  );
}

function Item({ item, read }: { item: Notification; read: () => void }) {
  const { t } = useTranslation();
  return (
    <li>
      <div className="card-line">
        <span className="row">
          {!item.read_at && <StatusTag tone={item.priority <= 2 ? "bad" : "warn"}>{t("未读")}</StatusTag>}
          {item.link ? (
            <AppLink to={item.link} onClick={read}>
              {item.title}
            </AppLink>
          ) : (
            <span>{item.title}</span>
          )}
        </span>
        <span className="row">
          <span className="quiet">{dateTime(item.created_at)}</span>
          {!item.read_at && (
            <Button type="link" size="small" onClick={read}>
              {t("标为已读")}
            </Button>
          )}
        </span>
      </div>
      <div className="quiet">{item.body}</div>
    </li>
  );
}
