import { API } from "@api/client";
import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { number } from "./format";
import { STAGES, type Stage, stageOf, useLog } from "./logStage";

const COLORS: Record<Stage, string> = { saved: "default", logged: "blue", witnessed: "green", anchored: "gold" };

/** P-12: how far a record has come in the log, with a lamp per witness in words. */
export function LogBadge({ seq }: { seq: number }) {
  const { t } = useTranslation();
  const { data } = useLog();
  const stage = stageOf(seq, data);
  const lit = data?.witnesses.filter((witness) => witness.size >= seq).length ?? 0;
  return (
    <Tag color={COLORS[stage]} title={`#${number(seq)}`}>
      {t(STAGES[stage])}
      {data && data.witnesses.length > 0 && stage !== "saved" && ` ${lit}/${data.witnesses.length}`}
    </Tag>
  );
}

/** The whole record as a case bundle that others can check without trusting this platform. */
export function BundleButton({ event, seq }: { event: string; seq: number }) {
  const { t } = useTranslation();
  const { data } = useLog();
  const stage = stageOf(seq, data);
  const needed = data?.quorum ?? 0;
  const ready = needed === 0 ? stage !== "saved" : stage === "witnessed" || stage === "anchored";
  return (
    <Button
      size="small"
      disabled={!ready}
      title={ready ? undefined : t("达到见证门限后即可导出")}
      href={ready ? `${API}/events/${encodeURIComponent(event)}/bundle?whole=true` : undefined}
    >
      {t("导出案卷包")}
    </Button>
  );
}
