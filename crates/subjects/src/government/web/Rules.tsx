import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { dateTime } from "@kit/format";
import { AppLink, useQuery, useSetQuery } from "@kit/nav";
import { Page, Panel } from "@kit/Page";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { StatusTag } from "@kit/tags";
import { Button, Checkbox, Input, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { CONFIDENCE } from "./ruleCells";

/** The rule office: every rule table with its editions, and what was published here. */
export default function Rules() {
  const { t } = useTranslation();
  const { q = "", doubt } = useQuery();
  const setQuery = useSetQuery();
  const { data, error, isPending, refetch } = useGet("/rule-tables", { live: ["rule."] });
  const shown = (data?.items ?? []).filter((table) => fits(table, q) && (!doubt || doubtful(table)));
  return (
    <Page
      title={t("规则库")}
      note={`${t("规则集版本")} ${data?.rule_set ?? ""}`}
      extra={<AppLink to="/calc">{t("打开计算器")}</AppLink>}
    >
      <Panel title={t("规则表")}>
        <div className="filters">
          <Input.Search
            aria-label={t("查找规则表")}
            placeholder={t("规则表、标准或来源")}
            allowClear
            defaultValue={q}
            onChange={(event) => setQuery({ q: event.target.value }, { replace: true })}
          />
          <Checkbox checked={Boolean(doubt)} onChange={(event) => setQuery({ doubt: event.target.checked ? "1" : "" })}>
            {t("只看含未经核实版本的")}
          </Checkbox>
        </div>
        {isPending && <Skeleton active />}
        <ProblemAlert error={error} retry={() => void refetch()} />
        {data && shown.length === 0 && (
          <EmptyNext
            text={t("没有这样的规则表：换一个词，或清空条件。")}
            action={<Button onClick={() => setQuery({ q: "", doubt: "" })}>{t("查看全部")}</Button>}
          />
        )}
        {shown.length > 0 && <Tables tables={shown} />}
      </Panel>
      <Panel title={t("本节点发布的版本")}>
        <CrudTable<Schema["PublishedRow"]>
          name="rule-editions"
          path="/rule-editions"
          rowKey={(row) => String(row.no)}
          empty={t("还没有发布过新版本。标准修订或出台地方规定时，打开对应规则表新建版本。")}
          columns={[
            { key: "no", title: "规则集版本", sort: true, render: (row) => row.rule_set },
            {
              key: "table",
              title: "规则表",
              sort: true,
              render: (row) => <AppLink to={`/rules/${row.table}`}>{row.title}</AppLink>,
            },
            { key: "standard", title: "标准", render: (row) => `${row.standard} ${row.clause}` },
            { key: "edition", title: "版本", render: (row) => row.edition },
            { key: "valid_from", title: "施行日期", sort: true, render: (row) => row.valid_from },
            { key: "region", title: "适用地区", render: (row) => row.region ?? t("全国") },
            { key: "changed", title: "改变的算例", render: (row) => row.changed },
            { key: "org_name", title: "发布机构", render: (row) => row.org_name },
            { key: "published_at", title: "发布时间", render: (row) => dateTime(row.published_at) },
          ]}
        />
      </Panel>
    </Page>
  );
}

type RuleTable = Schema["RuleTable"];

function fits(table: RuleTable, words: string): boolean {
  const editions = table.editions.map((each) => `${each.standard} ${each.edition} ${each.source}`);
  const text = [table.table, table.title, ...editions].join(" ").toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function doubtful(table: RuleTable): boolean {
  return table.editions.some((edition) => edition.confidence === "unconfirmed");
}

function Tables({ tables }: { tables: RuleTable[] }) {
  const { t } = useTranslation();
  return (
    <div className="scroll-x">
      <table className="plain-table">
        <thead>
          <tr>
            <th>{t("规则表")}</th>
            <th>{t("版本")}</th>
            <th>{t("施行日期")}</th>
            <th>{t("适用地区")}</th>
            <th>{t("核实程度")}</th>
            <th>{t("来源")}</th>
            <th>{t("行数")}</th>
          </tr>
        </thead>
        <tbody>
          {tables.flatMap((table) =>
            table.editions.map((edition, at) => (
              <tr key={`${table.table} ${edition.edition} ${edition.clause} ${edition.valid_from}`}>
                <td>{at === 0 && <AppLink to={`/rules/${table.table}`}>{table.title}</AppLink>}</td>
                <td>{edition.edition}</td>
                <td style={{ whiteSpace: "nowrap" }}>
                  {edition.valid_from}
                  {edition.valid_to && <br />}
                  {edition.valid_to ? `— ${edition.valid_to}` : ""}
                </td>
                <td>{edition.region ?? t("全国")}</td>
                <td>
                  <StatusTag tone={CONFIDENCE[edition.confidence]?.[0]}>
                    {t(CONFIDENCE[edition.confidence]?.[1] ?? edition.confidence)}
                  </StatusTag>
                </td>
                <td className="quiet">{edition.source}</td>
                <td className="num">{edition.rows}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}
