import { useGet } from "@api/hooks";
import { useParam } from "@kit/nav";
import { Page, Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { useMay } from "@kit/session";
import { Timeline } from "@kit/Timeline";
import { StatusTag } from "@kit/tags";
import { Button, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EditionEditor } from "./EditionEditor";
import { CONFIDENCE, cellText, columnsOf, type Edition } from "./ruleCells";

/** One rule table: every edition with its rows, and a new edition made from one of them. */
export default function RuleTable() {
  const { t } = useTranslation();
  const table = useParam("table");
  const may = useMay();
  const { data, error, isPending, refetch } = useGet("/rule-tables/{table}", { path: { table }, live: ["rule."] });
  const [shown, setShown] = useState(0);
  const [draft, setDraft] = useState<Edition | null>(null);
  const editions = (data?.editions ?? []) as unknown as Edition[];
  const edition = editions[shown];
  return (
    <Page
      title={data?.title ?? t("规则表")}
      note={data ? `${data.table} · ${t("规则集版本")} ${data.rule_set}` : undefined}
      extra={
        edition &&
        !draft &&
        may("government:publish") && (
          <Button type="primary" onClick={() => setDraft(copyOf(edition))}>
            {t("以此为底稿新建版本")}
          </Button>
        )
      }
    >
      {isPending && <Skeleton active />}
      <ProblemAlert error={error} retry={() => void refetch()} />
      {draft ? (
        <EditionEditor table={table} start={draft} close={() => setDraft(null)} />
      ) : (
        edition && (
          <Panel
            title={t("版本")}
            extra={
              <Select
                aria-label={t("版本")}
                value={shown}
                onChange={setShown}
                style={{ minWidth: 220 }}
                options={editions.map((each, at) => ({ value: at, label: `${each.edition}（${each.valid_from}）` }))}
              />
            }
          >
            <EditionView edition={edition} />
          </Panel>
        )
      )}
      <Panel title={t("时间线")}>
        <Timeline query={{ subject: `rule-table/${table}` }} live={["rule."]} />
      </Panel>
    </Page>
  );
}

/** A new edition begins as a copy: its name, dates and source are its own. */
function copyOf(edition: Edition): Edition {
  return { ...edition, edition: "", valid_from: "", valid_to: undefined, source: "" };
}

function EditionView({ edition }: { edition: Edition }) {
  const { t } = useTranslation();
  const columns = columnsOf(edition.rows);
  const [tone, word] = CONFIDENCE[edition.confidence] ?? ["plain", edition.confidence];
  return (
    <div className="stack">
      <p>
        {edition.standard} {edition.clause} · {t("施行日期")} {edition.valid_from}
        {edition.valid_to ? ` — ${edition.valid_to}` : ""} · {edition.region ?? t("全国")}{" "}
        <StatusTag tone={tone}>{t(word)}</StatusTag>
      </p>
      <p className="quiet">
        {t("来源")}：{edition.source}
      </p>
      <div className="scroll-x">
        <table className="plain-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column}>{column}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {edition.rows.map((row) => (
              <tr key={JSON.stringify(row)}>
                {columns.map((column) => (
                  <td key={column}>{cellText(row[column])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
