import type { Schema } from "@api/types";
import { StatusTag } from "@kit/tags";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";

interface Changed {
  case: string;
  rule: string;
  input: Record<string, unknown>;
  difference: string;
  before: unknown;
  after: unknown;
}

const DIFFERENCE: Record<string, ["good" | "plain" | "warn" | "bad", string]> = {
  refused: ["bad", "变为没有结果"],
  answer: ["warn", "结果改变"],
  answered: ["good", "变为有结果"],
  reference: ["plain", "只有版本改变"],
};

/** What an edition would change, the gravest first. */
export function TrialView({ report }: { report: Schema["TrialReport"] }) {
  const { t } = useTranslation();
  const changed = report.changed as unknown as Changed[];
  return (
    <div className="stack">
      <p>
        {t("试算次数")} {report.calls}；{t("变为没有结果")} {report.refused}；{t("结果改变")} {report.answer}；
        {t("变为有结果")} {report.answered}；{t("只有版本改变")} {report.reference}
      </p>
      {report.notes.map((note) => (
        <Alert key={note} type="info" showIcon title={note} />
      ))}
      {changed.length > 0 && (
        <div className="scroll-x">
          <table className="plain-table">
            <thead>
              <tr>
                <th>{t("算例")}</th>
                <th>{t("变化")}</th>
                <th>{t("现行结果")}</th>
                <th>{t("新结果")}</th>
              </tr>
            </thead>
            <tbody>
              {changed.map((each) => (
                <tr key={each.case + JSON.stringify(each.input)}>
                  <td>
                    {each.case}
                    <small className="quiet"> {String(each.input.on ?? "")}</small>
                  </td>
                  <td>
                    <StatusTag tone={DIFFERENCE[each.difference]?.[0]}>
                      {t(DIFFERENCE[each.difference]?.[1] ?? each.difference)}
                    </StatusTag>
                  </td>
                  <td>{differing(each.before, each.after)}</td>
                  <td>{differing(each.after, each.before)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

/** Only the values that differ, each with its name; a refusal is its own text. */
function differing(side: unknown, other: unknown): string {
  if (side === null || typeof side !== "object") return String(side);
  const there = (other ?? {}) as Record<string, unknown>;
  const entries = Object.entries(side).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(there[key]));
  return entries
    .map(([key, value]) => {
      const edition = key === "rule" ? (value as { edition?: string } | null)?.edition : undefined;
      return `${key}: ${edition ?? (typeof value === "object" ? JSON.stringify(value) : String(value))}`;
    })
    .join("；");
}
