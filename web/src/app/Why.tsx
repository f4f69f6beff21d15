import { useGet } from "@api/hooks";
import type { TimelineItem } from "@api/types";
import { dateTimeSeconds, number } from "@kit/format";
import { AppLink, useParam } from "@kit/nav";
import { Page, Panel } from "@kit/Page";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { EvidenceDrawer, Files, Words, who } from "@kit/Timeline";
import { Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { factsOf } from "./facts";
import { pathOf } from "./screens";
import { type Branch, branches } from "./whyTree";

/** Why something is so: the event, what led to it, and what led to that, down to the readings. */
export default function Why() {
  const { t } = useTranslation();
  const id = useParam("id");
  const { data, error, refetch, isPending } = useGet("/events/{id}", { path: { id } });
  const [open, setOpen] = useState<TimelineItem | null>(null);
  const top = data?.items[0];
  return (
    <Page
      title={top ? `${t("为什么")}：${t(top.title)}` : t("为什么")}
      note={t("从结果往下逐层看起因，一直到现场和读数。每一条都在存证日志里，可以单独核对。")}
      extra={<Button onClick={() => window.print()}>{t("打印")}</Button>}
    >
      <ProblemAlert error={error} retry={() => void refetch()} />
      {isPending && !error && <Skeleton active />}
      {data && (
        <Panel title={t("起因链")}>
          <ol className="why">
            {branches(data).map((branch) => (
              <Node key={branch.id} branch={branch} show={setOpen} />
            ))}
          </ol>
          {data.items.length === 1 && data.hidden.length === 0 && (
            <EmptyNext text={t("这是最早的一条记录，没有更前面的起因。")} />
          )}
          {data.more && <p className="quiet">{t("起因很多，只列出最近的一千条。打开其中一条可以继续往下看。")}</p>}
        </Panel>
      )}
      <EvidenceDrawer item={open} close={() => setOpen(null)} />
    </Page>
  );
}

function Node({ branch, show }: { branch: Branch; show: (item: TimelineItem) => void }) {
  const { t } = useTranslation();
  const { item } = branch;
  if (!item) {
    return (
      <li className="why-hole">
        {t("此处有一条起因不在您的可见范围内，或者记录缺失（编号 {{id}}）", { id: branch.id })}
      </li>
    );
  }
  if (branch.again) {
    return (
      <li className="quiet">
        {t(item.title)}（{t("上面已列出")} #{number(item.seq)}）
      </li>
    );
  }
  const path = pathOf(item.subject);
  return (
    <li>
      <strong>{path ? <AppLink to={path}>{t(item.title)}</AppLink> : t(item.title)}</strong>{" "}
      <span className="quiet num">{dateTimeSeconds(item.at)}</span> <span className="quiet">{who(item)}</span>
      <dl className="why-facts">
        {factsOf(item.body).map(({ label, value }) => (
          <div key={label}>
            <dt>{t(label)}</dt>
            <dd>{t(value)}</dd>
          </div>
        ))}
      </dl>
      <Words item={item} />
      <Files files={item.files} />
      <Button className="no-print" type="link" size="small" style={{ padding: 0 }} onClick={() => show(item)}>
        {t("存证")} #{number(item.seq)}
      </Button>
      {branch.causes.length > 0 && (
        <ol className="why">
          {branch.causes.map((cause) => (
            <Node key={cause.id} branch={cause} show={show} />
          ))}
        </ol>
      )}
    </li>
  );
}
