import { Clock } from "@kit/Clock";
import { CrudTable } from "@kit/CrudTable";
import { dateTime } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { StatusTag } from "@kit/tags";
import { useTranslation } from "react-i18next";
import { type CreditObjection, points } from "./words";

/** CR-06: objections and their clocks. */
export default function CreditObjections() {
  const { t } = useTranslation();
  return (
    <Page title={t("信用异议")} note={t("对每条事实单独提出，书面答复；确认过该事实的人员不处理对它的异议。")}>
      <CrudTable<CreditObjection>
        name="credit-objections"
        path="/credit-objections"
        live={["credit."]}
        sort="-filed_at"
        rowKey={(row) => row.id}
        filters={[
          {
            key: "state",
            label: "状态",
            options: [
              { value: "open", label: "处理中" },
              { value: "upheld", label: "成立" },
              { value: "rejected", label: "不成立" },
            ],
          },
        ]}
        empty={t("没有异议。对不利事实有意见的，打开那条事实，点“提出异议”。")}
        columns={[
          {
            key: "fact_name",
            title: "事实",
            render: (row) => (
              <>
                <AppLink to={`/credit-facts/${row.fact}`}>{t(row.fact_name)}</AppLink>
                <div className="quiet">{points(row.fact_points)}</div>
              </>
            ),
          },
          { key: "org_name", title: "单位", render: (row) => row.org_name },
          { key: "ground", title: "理由", render: (row) => t(row.ground_name) },
          {
            key: "state",
            title: "状态",
            render: (row) => <StatusTag tone={row.state === "open" ? "warn" : "plain"}>{t(row.state_name)}</StatusTag>,
          },
          {
            key: "due_at",
            title: "答复期限",
            sort: true,
            render: (row) =>
              row.state === "open" ? <Clock due={row.due_at} warnBelow={86_400_000} /> : dateTime(row.answered_at),
          },
          { key: "filed_at", title: "提出时间", sort: true, wide: true, render: (row) => dateTime(row.filed_at) },
        ]}
      />
    </Page>
  );
}
