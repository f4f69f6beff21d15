import { RiskTag, riskColour } from "@kit/tags";
import { Alert } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type FieldSchema, fieldsOf, kindOf, type RuleReference } from "./schema";

/** The answer of a rule: each value under its name, the clause below, and how well the figures are known. */
export function Answer({ schema, answer }: { schema: FieldSchema; answer: Record<string, unknown> }) {
  const { t } = useTranslation();
  const fields = fieldsOf(schema).filter(([key]) => key !== "rule" && key !== "warnings" && key !== "unconfirmed");
  const remarks = [...texts(answer.warnings), ...texts(answer.unconfirmed)];
  return (
    <div className="stack">
      <Facts fields={fields.filter(([, field]) => kindOf(field) !== "list")} values={answer} />
      {fields
        .filter(([key, field]) => kindOf(field) === "list" && Array.isArray(answer[key]))
        .map(([key, field]) => (
          <Terms
            key={key}
            title={t(field.title ?? key)}
            field={field}
            rows={answer[key] as Record<string, unknown>[]}
          />
        ))}
      {remarks.length > 0 && (
        <Alert
          type="info"
          showIcon
          title={t("说明")}
          description={remarks.map((text) => <div key={text}>{text}</div>)}
        />
      )}
      <Reference rule={answer.rule as RuleReference} />
    </div>
  );
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return value ? [value] : [];
  return Array.isArray(value) ? value.map(String) : [];
}

function Facts({ fields, values }: { fields: [string, FieldSchema][]; values: Record<string, unknown> }) {
  const { t } = useTranslation();
  const given = fields.filter(([key]) => values[key] !== null && values[key] !== undefined);
  return (
    <dl className="calc-facts">
      {given.map(([key, field]) => (
        <Fact key={key} label={t(field.title ?? key)}>
          <Shown field={field} value={values[key]} name={key} />
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** Words that are grades or colours carry their colour as well. */
const GRADED = ["grade", "colour", "level", "score_colour"];

function Shown({ field, value, name }: { field: FieldSchema; value: unknown; name: string }) {
  const { t } = useTranslation();
  if (value === null || value === undefined || value === "") return <span className="quiet">—</span>;
  if (typeof value === "boolean") return <strong>{value ? t("是") : t("否")}</strong>;
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className="quiet">{t("无")}</span>;
    return value.map((each) => <div key={String(each)}>{String(each)}</div>);
  }
  if (typeof value === "object") {
    return <Facts fields={fieldsOf(field)} values={value as Record<string, unknown>} />;
  }
  if (GRADED.includes(name) && riskColour(String(value)))
    return <RiskTag level={String(value)} words={String(value)} />;
  return (
    <strong className="num">
      {t(String(value))}
      {field["x-unit"] ? ` ${t(field["x-unit"])}` : ""}
    </strong>
  );
}

/** The terms of a sum, one line each. */
function Terms({ title, field, rows }: { title: string; field: FieldSchema; rows: Record<string, unknown>[] }) {
  const { t } = useTranslation();
  const columns = fieldsOf(field.items).filter(([key]) =>
    rows.some((row) => row[key] !== null && row[key] !== undefined),
  );
  if (rows.length === 0) return null;
  return (
    <div className="scroll-x">
      <table className="plain-table">
        <caption className="quiet">{title}</caption>
        <thead>
          <tr>
            {columns.map(([key, column]) => (
              <th key={key}>
                {t(column.title ?? key)}
                {column["x-unit"] ? `（${t(column["x-unit"])}）` : ""}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify(row)}>
              {columns.map(([key, column]) => (
                <td key={key}>
                  <Shown field={{ ...column, "x-unit": undefined }} value={row[key]} name={key} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const CONFIDENCE: Record<string, ["success" | "info" | "warning", string]> = {
  full_text: ["success", "数值已对照标准或法规全文"],
  public_page: ["info", "数值取自公开网页或摘录，正式使用前请对照原文"],
  unconfirmed: ["warning", "数值未经核实，使用前须由专业人员对照原文确认"],
};

/** Standard, clause, edition and how well its figures are known. */
export function Reference({ rule }: { rule: RuleReference }) {
  const { t } = useTranslation();
  const [type, text] = CONFIDENCE[rule.confidence] ?? ["warning", rule.confidence];
  return (
    <div className="stack">
      <dl className="calc-facts">
        <Fact label={t("依据")}>
          {rule.standard} {rule.clause}
        </Fact>
        <Fact label={t("版本")}>
          {rule.edition}
          {rule.region ? `（${t("适用地区")} ${rule.region}）` : ""}
        </Fact>
        <Fact label={t("施行日期")}>
          {rule.valid_from}
          {rule.valid_to ? ` — ${rule.valid_to}` : ""}
        </Fact>
        <Fact label={t("规则集版本")}>
          <span className="mono">{rule.rule_set}</span>
        </Fact>
      </dl>
      <Alert type={type} showIcon title={t(text)} />
    </div>
  );
}
