import { CrudTable } from "@kit/CrudTable";
import { dateOnly } from "@kit/format";
import { AppLink, useGo, usePathname } from "@kit/nav";
import { Page } from "@kit/Page";
import { useMay } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type HazardRow, LEVELS, STATES, VIAS } from "./hazards";
import { ReportHazard } from "./ReportHazard";

const YES = [{ value: "true", label: "是" }];

/** N5: every hazard the caller may see, whoever found it. */
export default function HazardList() {
  const { t } = useTranslation();
  const go = useGo();
  const may = useMay();
  const [adding, setAdding] = useState(usePathname().endsWith("/new"));
  return (
    <Page title={t("隐患")} note={t("从发现到销号，每一步都有时限和依据")}>
      <CrudTable<HazardRow>
        name="hazards"
        path="/hazards"
        live={["hazard."]}
        sort="-created_at"
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "关键词", placeholder: "企业、部位、问题" },
          {
            key: "state",
            label: "状态",
            options: [
              { value: "open", label: "未销号" },
              ...Object.entries(STATES).map(([value, [, label]]) => ({ value, label })),
            ],
          },
          { key: "level", label: "等级", options: LEVELS },
          { key: "overdue", label: "逾期", options: YES },
          { key: "found_via", label: "来源", options: VIAS },
          { key: "region", label: "区域", type: "region" },
          { key: "enterprise", label: "企业", type: "enterprise" },
          { key: "listed", label: "挂牌督办", options: YES },
        ]}
        empty={t("没有符合条件的隐患。检查、自查或接到报告发现问题后，点“登记隐患”。")}
        actions={
          may("onsite:register") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("登记隐患")}
            </Button>
          )
        }
        columns={[
          {
            key: "place",
            title: "隐患",
            render: (row) => (
              <>
                <AppLink to={`/hazards/${row.id}`}>{row.place}</AppLink>
                <div className="quiet">{row.text}</div>
              </>
            ),
          },
          {
            key: "level",
            title: "等级",
            render: (row) => <StatusTag tone={row.level === "major" ? "bad" : "plain"}>{t(row.level_name)}</StatusTag>,
          },
          {
            key: "state",
            title: "状态",
            render: (row) => <StatusTag tone={STATES[row.state][0]}>{t(row.state_name)}</StatusTag>,
          },
          {
            key: "due",
            title: "整改期限",
            sort: true,
            render: (row) => (
              <span className={row.overdue ? "bad" : ""}>
                {row.due ? dateOnly(row.due) : "—"} {row.overdue && t("已逾期")}
              </span>
            ),
          },
          { key: "next", title: "下一步", render: (row) => row.next && `${t(row.next)}（${t(row.next_by)}）` },
          {
            key: "enterprise",
            title: "企业",
            render: (row) => <AppLink to={`/enterprises/${row.enterprise}`}>{row.enterprise_name}</AppLink>,
          },
          { key: "found_via", title: "来源", wide: true, render: (row) => t(row.found_via_name) },
          { key: "created_at", title: "发现时间", sort: true, wide: true, render: (row) => dateOnly(row.created_at) },
          { key: "number", title: "编号", hidden: true, render: (row) => row.number },
          { key: "clause", title: "依据", hidden: true, render: (row) => row.clause ?? "—" },
        ]}
      />
      <ReportHazard open={adding} close={() => setAdding(false)} done={(id) => go(`/hazards/${id}`)} />
    </Page>
  );
}
