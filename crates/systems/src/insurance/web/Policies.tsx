import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { useTranslation } from "react-i18next";
import { Change, State, yuan } from "./shared";

type Row = Schema["InsurancePolicyRow"];

/** Every policy the caller may see. */
export default function Policies() {
  const { t } = useTranslation();
  return (
    <Page title={t("保单")} note={t("保险费随核实的整改和信用等级调整，由核保人员决定")}>
      <CrudTable<Row>
        name="insurance-policies"
        path="/insurance-policies"
        live={["ins."]}
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "企业", placeholder: "企业名称" },
          {
            key: "state",
            label: "状态",
            options: [
              { value: "in_force", label: "在保" },
              { value: "ended", label: "已终止" },
            ],
          },
          { key: "policy_no", label: "保单号" },
          { key: "region", label: "区域", type: "region" },
        ]}
        empty={t("还没有保单。企业确认报价后，保单列在这里。")}
        columns={[
          {
            key: "policy_no",
            title: "保单号",
            render: (row) => <AppLink to={`/insurance-policies/${row.id}`}>{row.policy_no}</AppLink>,
          },
          { key: "enterprise", title: "企业", sort: true, render: (row) => row.enterprise_name },
          { key: "state", title: "状态", render: (row) => <State code={row.state} name={row.state_name} /> },
          { key: "to", title: "保险止期", sort: true, render: (row) => row.to },
          { key: "insurer", title: "保险机构", wide: true, render: (row) => row.insurer_name },
          { key: "people", title: "承保人数", align: "right", wide: true, render: (row) => number(row.people) },
          {
            key: "premium",
            title: "现行保险费（元）",
            sort: true,
            align: "right",
            render: (row) => yuan(row.premium_fen),
          },
          {
            key: "change",
            title: "较承保时（元）",
            align: "right",
            wide: true,
            render: (row) => <Change fen={row.premium_fen - row.bound_fen} />,
          },
        ]}
      />
    </Page>
  );
}
