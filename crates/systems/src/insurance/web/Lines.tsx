import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { useTranslation } from "react-i18next";
import { State, yuan } from "./shared";

type Row = Schema["PreventionLine"];

/** N15-04: every service of every plan, and what was paid for it. */
export default function Lines() {
  const { t } = useTranslation();
  return (
    <Page title={t("预防服务台账")} note={t("AQ 9010-2019：服务有记录、双方签字、企业确认后据实结算")}>
      <CrudTable<Row>
        name="prevention-lines"
        path="/prevention-lines"
        live={["svc."]}
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "企业", placeholder: "企业名称" },
          {
            key: "state",
            label: "状态",
            options: [
              { value: "planned", label: "计划中" },
              { value: "scheduled", label: "已安排" },
              { value: "rendered", label: "已服务，待确认" },
              { value: "confirmed", label: "企业已确认" },
              { value: "settled", label: "已结算" },
            ],
          },
        ]}
        empty={t("还没有预防服务。保险机构在保单页拟订服务方案，企业确认后列在这里。")}
        columns={[
          {
            key: "content",
            title: "服务内容",
            render: (row) => (
              <>
                <AppLink to={`/prevention-plans/${row.plan}`}>{row.content}</AppLink>
                <div className="quiet">{row.item_name}</div>
              </>
            ),
          },
          { key: "enterprise", title: "企业", sort: true, render: (row) => row.enterprise_name },
          { key: "state", title: "状态", render: (row) => <State code={row.state} name={row.state_name} /> },
          {
            key: "due_on",
            title: "计划日期",
            sort: true,
            render: (row) => <span className={row.late ? "bad" : ""}>{row.due_on}</span>,
          },
          { key: "supplier", title: "服务机构", wide: true, render: (row) => row.supplier_name },
          { key: "amount", title: "计划金额（元）", sort: true, align: "right", render: (row) => yuan(row.amount_fen) },
          {
            key: "settled",
            title: "结算金额（元）",
            align: "right",
            wide: true,
            render: (row) => yuan(row.settled_fen),
          },
        ]}
      />
    </Page>
  );
}
