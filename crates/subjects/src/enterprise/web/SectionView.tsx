import { LockOutlined } from "@ant-design/icons";
import type { Section } from "@api/types";
import { Pairs, PlainTable } from "@kit/DetailPage";
import { dateTime } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Panel } from "@kit/Page";
import { StatNumber } from "@kit/StatNumber";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** One part's share of the enterprise page; a hidden one says by which rule. */
export function SectionView({ section }: { section: Section }) {
  const { t } = useTranslation();
  return (
    <Panel
      title={section.title}
      extra={section.link && section.kind !== "hidden" && <AppLink to={section.link}>{t("全部")}</AppLink>}
    >
      <SectionBody section={section} />
    </Panel>
  );
}

export function SectionBody({ section }: { section: Section }) {
  const { t } = useTranslation();
  switch (section.kind) {
    case "hidden":
      return (
        <p className="quiet">
          <LockOutlined /> {t("对您不可见")}：{section.hidden_by}
        </p>
      );
    case "numbers":
      return (
        <div className="numbers">
          {section.numbers.map((figure) => (
            <StatNumber
              key={figure.key}
              label={figure.label}
              value={figure.value}
              unit={figure.unit}
              tone={figure.tone}
              link={figure.link}
            />
          ))}
        </div>
      );
    case "fields":
      return (
        <Pairs
          items={section.fields.map((field) => ({
            label: field.label,
            value: field.link ? <AppLink to={field.link}>{field.value}</AppLink> : field.value,
            note: [field.source, field.at && dateTime(field.at)].filter(Boolean).join(" · ") || undefined,
          }))}
        />
      );
    case "table":
      return <Rows columns={section.columns} rows={section.rows} />;
  }
}

type Row = Record<string, string>;

function Rows({ columns, rows }: { columns: { key: string; title: string }[]; rows: Row[] }) {
  const { t } = useTranslation();
  return (
    <PlainTable
      head={columns.map((column) => column.title)}
      empty={t("没有记录")}
      rows={rows.map((row, at) => ({
        key: `${row.link ?? ""}${at}`,
        cells: columns.map((column, index) => (index === 0 ? firstCell(row, column.key) : (row[column.key] ?? ""))),
      }))}
    />
  );
}

function firstCell(row: Row, key: string): ReactNode {
  const value = row[key] ?? "";
  return row.link ? <AppLink to={row.link}>{value}</AppLink> : value;
}
