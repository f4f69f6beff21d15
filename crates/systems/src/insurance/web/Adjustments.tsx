import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { dateTime } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { useTranslation } from "react-i18next";
import { Change, State, yuan } from "./shared";

type Row = Schema["PremiumAdjustmentRow"];

/** Adjustments: what the platform proposed and what people decided. */
export default function Adjustments() {
  const { t } = useTranslation();
  return (
    <Page title={t("保险费调整")} note={t("由核实的整改和信用等级得出建议，核保人员采纳后才生效")}>
      <CrudTable<Row>
        name="premium-adjustments"
        path="/premium-adjustments"
        live={["ins.premium"]}
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "企业", placeholder: "企业名称" },
          {
            key: "state",
            label: "状态",
            options: [
              { value: "proposed", label: "待核保决定" },
              { value: "accepted", label: "已采纳" },
              { value: "declined", label: "未采纳" },
              { value: "lapsed", label: "已失效" },
            ],
          },
        ]}
        empty={t("还没有保险费调整。隐患整改经核实或信用等级变化后，平台在这里提出建议。")}
        columns={[
          {
            key: "enterprise",
            title: "企业",
            sort: true,
            render: (row) => <AppLink to={`/premium-adjustments/${row.id}`}>{row.enterprise_name}</AppLink>,
          },
          { key: "state", title: "状态", render: (row) => <State code={row.state} name={row.state_name} /> },
          { key: "old", title: "调整前（元）", align: "right", wide: true, render: (row) => yuan(row.old_fen) },
          { key: "new", title: "调整后（元）", align: "right", render: (row) => yuan(row.new_fen) },
          {
            key: "change",
            title: "差额（元）",
            sort: true,
            align: "right",
            render: (row) => <Change fen={row.change_fen} />,
          },
          { key: "factors", title: "因素", wide: true, render: (row) => row.factors || "—" },
          { key: "proposed_at", title: "提出时间", sort: true, wide: true, render: (row) => dateTime(row.proposed_at) },
        ]}
      />
    </Page>
  );
}
