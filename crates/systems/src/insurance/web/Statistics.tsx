import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { StatusTag } from "@kit/tags";
import { useTranslation } from "react-i18next";
import { yuan } from "./shared";

type Row = Schema["InsurerStatistics"];

/** N15-14: per insurer how much is covered and what becomes of the prevention fee. */
export default function Statistics() {
  const { t } = useTranslation();
  return (
    <Page title={t("承保统计")} note={t("按机构编号排列，不作商业排名")}>
      <CrudTable<Row>
        name="insurance-statistics"
        path="/insurance-statistics"
        live={["ins.", "svc."]}
        rowKey={(row) => row.insurer}
        filters={[{ key: "region", label: "区域", type: "region" }]}
        empty={t("辖区内还没有在保的保单。")}
        columns={[
          {
            key: "insurer",
            title: "保险机构",
            render: (row) => <AppLink to={`/insurance-policies?insurer=${row.insurer}`}>{row.insurer_name}</AppLink>,
          },
          { key: "policies", title: "在保保单", align: "right", render: (row) => number(row.policies) },
          { key: "people", title: "承保人数", align: "right", wide: true, render: (row) => number(row.people) },
          { key: "premium", title: "保险费（元）", align: "right", render: (row) => yuan(row.premium_fen) },
          {
            key: "budget",
            title: "预防费用预算（元）",
            align: "right",
            wide: true,
            render: (row) => yuan(row.budget_fen),
          },
          { key: "spent", title: "已列支（元）", align: "right", render: (row) => yuan(row.spent_fen) },
          { key: "share", title: "占保险费", align: "right", render: (row) => `${(row.share_bp / 100).toFixed(2)}%` },
          { key: "cap", title: "上限（元）", align: "right", wide: true, render: (row) => yuan(row.cap_fen) },
          {
            key: "status",
            title: "结论",
            render: (row) => <StatusTag tone={row.status === "合规" ? "good" : "bad"}>{t(row.status)}</StatusTag>,
          },
          {
            key: "overdue",
            title: "逾期未答复投诉",
            align: "right",
            wide: true,
            render: (row) => (
              <span className={row.overdue_complaints > 0 ? "bad" : ""}>{number(row.overdue_complaints)}</span>
            ),
          },
        ]}
      />
    </Page>
  );
}
