import { API } from "@api/client";
import { useGet } from "@api/hooks";
import type { TimelineItem } from "@api/types";
import { Button, Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { dateTimeSeconds, number } from "./format";
import { BundleButton, LogBadge } from "./LogBadge";
import { AppLink } from "./nav";
import { EmptyNext, ProblemAlert } from "./Problem";

const PAGE = 50;

/** What people wrote, by the name it has in an event's body. */
const WORDS: Record<string, string> = {
  text: "原因",
  measure: "措施",
  note: "意见",
  reason: "理由",
};

/** Who did what, when, for which organisation, with which words, and where it stands in the log. */
export function Timeline({
  query,
  live = [""],
}: {
  query: { subject?: string; enterprise?: string };
  live?: string[];
}) {
  const { t } = useTranslation();
  const [limit, setLimit] = useState(PAGE);
  const { data, error, refetch } = useGet("/timeline", { query: { ...query, limit: String(limit) }, live, keep: true });
  const [open, setOpen] = useState<TimelineItem | null>(null);
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  if (data?.items.length === 0) return <EmptyNext text={t("还没有记录")} />;
  const newest = data?.items[0];
  return (
    <>
      {newest && query.subject && (
        <div className="no-print">
          <BundleButton event={newest.id} seq={newest.seq} />
        </div>
      )}
      <ol className="timeline">
        {data?.items.map((item) => (
          <li key={item.id}>
            <strong>{t(item.title)}</strong>
            <div className="quiet num">{dateTimeSeconds(item.at)}</div>
            <div className="quiet">{who(item)}</div>
            <Words item={item} />
            <Files files={item.files} />
            <Button className="no-print" type="link" size="small" style={{ padding: 0 }} onClick={() => setOpen(item)}>
              {t("存证")} #{number(item.seq)}
            </Button>{" "}
            <LogBadge seq={item.seq} />
          </li>
        ))}
      </ol>
      {data && data.items.length >= limit && limit < 200 && (
        <Button block onClick={() => setLimit(Math.min(200, limit + PAGE))}>
          {t("查看更早的记录")}
        </Button>
      )}
      <EvidenceDrawer item={open} close={() => setOpen(null)} />
    </>
  );
}

export function who(item: Pick<TimelineItem, "org_name" | "who">): string {
  return item.org_name === item.who ? item.who : `${item.org_name} · ${item.who}`;
}

/** The sentences of an event that this reader may see. */
export function wordsOf(item: Pick<TimelineItem, "body">): [string, string][] {
  return Object.keys(WORDS).flatMap((name): [string, string][] => {
    const value = item.body?.[name];
    return typeof value === "string" && value !== "" ? [[name, value]] : [];
  });
}

/** The same sentences, each behind its name. */
export function Words({ item }: { item: Pick<TimelineItem, "body"> }) {
  const { t } = useTranslation();
  return wordsOf(item).map(([name, text]) => (
    <p key={name} className="timeline-text">
      {t(WORDS[name] ?? name)}：{text}
    </p>
  ));
}

const FILES: Record<string, string> = { photo: "照片", report: "报告", import: "导入文件" };

export function Files({ files }: { files: TimelineItem["files"] }) {
  const { t } = useTranslation();
  return files.map((file, at) => (
    <div key={file.digest}>
      <a href={`${API}/files/${encodeURIComponent(file.digest)}`} target="_blank" rel="noreferrer">
        {t(FILES[file.kind] ?? "附件")} {at + 1}
      </a>
    </div>
  ));
}

/** The stored entry itself: what is hashed into the log, and what led to it. */
export function EvidenceDrawer({
  item,
  close,
}: {
  item: Pick<TimelineItem, "id" | "title"> | null;
  close: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Drawer title={item ? t(item.title) : ""} open={Boolean(item)} onClose={close} size={560} destroyOnHidden>
      {item && <Entry id={item.id} />}
    </Drawer>
  );
}

/** "Why?" beside any score, grade, premium or due date: opens what led to the event behind it. */
export function WhyLink({ event }: { event: string | null | undefined }) {
  const { t } = useTranslation();
  if (!event) return null;
  return (
    <AppLink className="why-link" to={`/why/${encodeURIComponent(event)}`}>
      {t("为什么？")}
    </AppLink>
  );
}

function Entry({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error } = useGet("/events/{id}", { path: { id } });
  const { data: entry } = useGet("/events/{id}/entry", { path: { id } });
  const self = data?.items[0];
  if (error) return <ProblemAlert error={error} />;
  if (!self) return null;
  return (
    <div className="stack">
      <dl className="pairs">
        <div>
          <dt>{t("日志序号")}</dt>
          <dd className="num">
            {number(self.seq)} <LogBadge seq={self.seq} />
          </dd>
        </div>
        <div>
          <dt>{t("发生时间")}</dt>
          <dd>{dateTimeSeconds(self.at)}</dd>
        </div>
        <div>
          <dt>{t("记录时间")}</dt>
          <dd>{dateTimeSeconds(self.recorded_at)}</dd>
        </div>
        <div>
          <dt>{t("操作人")}</dt>
          <dd>{who(self)}</dd>
        </div>
      </dl>
      <Words item={self} />
      <Files files={self.files} />
      <div>
        <h2>{t("叶子摘要")}</h2>
        <div className="mono">{self.leaf}</div>
      </div>
      {self.because.length > 0 && <WhyLink event={id} />}
      {entry !== undefined && (
        <div>
          <h2>{t("原始条目")}</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
          <pre className="mono entry" tabIndex={0}>
            {JSON.stringify(entry, null, 2)}
          </pre>
        </div>
      )}
    </div>
  );
}
