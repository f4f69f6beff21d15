import { client, dataOf } from "@api/client";
import type { Schema } from "@api/types";
import { useWrite } from "@api/write";
import { useGo } from "@kit/nav";
import { Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { useMay } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button, Input, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TOUCHED } from "./words";

type Visit = Schema["VisitView"];
type Item = Schema["VisitItem"];

/** Code, word, and the shorter word of the button: four buttons stand side by side on a phone. */
const ANSWERS: [string, string, string][] = [
  ["pass", "符合", "符合"],
  ["general", "一般隐患", "一般隐患"],
  ["major", "疑似重大隐患", "疑似重大"],
  ["na", "不适用", "不适用"],
];

/** The check list: one tap for what is in order, a note for what is not. Made for a phone held in one hand. */
export default function CheckSheet({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const answered = visit.items.filter((item) => item.answer).length;
  return (
    <Panel title={visit.template} extra={<span className="quiet">{`${answered}/${visit.items.length}`}</span>}>
      <ol className="stack sheet">
        {visit.items.map((item) => (
          <li key={item.key}>
            <Line visit={visit} item={item} open={visit.acts.includes("answer")} />
          </li>
        ))}
      </ol>
      {!visit.acts.includes("answer") && answered === 0 && <p className="quiet">{t("入企后逐项填写。")}</p>}
    </Panel>
  );
}

function Line({ visit, item, open }: { visit: Visit; item: Item; open: boolean }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<string | null>(null);
  const [note, setNote] = useState(item.answer?.note ?? "");
  const write = useWrite<{ answer: string; note?: string }, Visit>(
    async (body, header) =>
      dataOf(
        await client.POST("/visits/{id}/answers", {
          params: { path: { id: visit.id }, header },
          body: { item: item.key, ...body },
        }),
      ),
    { refresh: TOUCHED, done: () => setAsked(null) },
  );
  const chosen = asked ?? item.answer?.answer;
  const choose = (code: string) => {
    if (code === "general" || code === "major") setAsked(code);
    else write.mutate({ answer: code });
  };
  const failed = item.answer?.answer === "general" || item.answer?.answer === "major";
  return (
    <div className="stack">
      <div>
        {item.text}
        <div className="quiet">
          {t(item.look)}
          <br />
          {item.clause}
          {!item.confirmed && `（${t("表述待核对原文")}）`}
        </div>
      </div>
      {open ? (
        <Space wrap role="group" aria-label={item.text}>
          {ANSWERS.map(([code, , label]) => (
            <Button
              key={code}
              type={chosen === code ? "primary" : "default"}
              danger={code === "major" || code === "general"}
              aria-pressed={chosen === code}
              loading={write.isPending && chosen === code}
              onClick={() => choose(code)}
            >
              {t(label)}
            </Button>
          ))}
        </Space>
      ) : (
        item.answer && <Answer code={item.answer.answer} />
      )}
      {open && asked && (
        <div className="stack">
          <Input.TextArea
            rows={2}
            maxLength={2000}
            value={note}
            autoFocus
            aria-label={t("问题描述")}
            placeholder={t("写明地点和问题")}
            onChange={(event) => setNote(event.target.value)}
          />
          <Button
            type="primary"
            disabled={note.trim().length < 2}
            loading={write.isPending}
            onClick={() => write.mutate({ answer: asked, note })}
          >
            {t("保存问题")}
          </Button>
        </div>
      )}
      {!asked && item.answer?.note && <p>{item.answer.note}</p>}
      <ProblemAlert error={write.error} />
      {failed && <ReportHazard visit={visit} item={item} />}
    </div>
  );
}

function Answer({ code }: { code: string }) {
  const { t } = useTranslation();
  const word = ANSWERS.find(([known]) => known === code)?.[1] ?? code;
  return <StatusTag tone={code === "pass" ? "good" : code === "na" ? "plain" : "bad"}>{t(word)}</StatusTag>;
}

/** A failed item becomes a hazard: clause, level and words are carried over. */
function ReportHazard({ visit, item }: { visit: Visit; item: Item }) {
  const { t } = useTranslation();
  const go = useGo();
  const may = useMay();
  // Leaving turns every failed item into a hazard by itself; before that somebody may add place and photos.
  if (!may("onsite:register") || visit.state !== "entered") return null;
  const prefill = new URLSearchParams({
    visit: visit.id,
    enterprise: visit.enterprise,
    item: item.key,
    clause: item.clause,
    level: item.answer?.answer ?? "general",
    text: item.answer?.note ?? "",
  });
  return (
    <Button size="small" className="own-width" onClick={() => go(`/hazards/new?${prefill.toString()}`)}>
      {t("转为隐患")}
    </Button>
  );
}
