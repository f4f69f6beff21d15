import { client, dataOf } from "@api/client";
import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { Page } from "@kit/Page";
import { useMay } from "@kit/session";
import { Button, Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { State } from "./shared";

type Row = Schema["InsuranceDuty"];
const SECTORS = ["矿山", "危险化学品", "烟花爆竹", "交通运输", "建筑施工", "民用爆炸物品", "金属冶炼", "渔业生产"];
const STANDINGS = [
  { value: "none", label: "未投保" },
  { value: "lapsed", label: "已脱保" },
  { value: "soon", label: "即将到期" },
  { value: "covered", label: "在保" },
];

/** N15-01: who must insure, who has not, who lapses soon, and whether everybody is covered. */
export default function Duties() {
  const { t } = useTranslation();
  const may = useMay();
  const [deciding, setDeciding] = useState<Row | null>(null);
  return (
    <Page title={t("应保尽保")} note={t("应投保行业的企业是否在保；行业由登记信息推定，监管部门可以认定")}>
      <CrudTable<Row>
        name="insurance-duties"
        path="/insurance-duties"
        live={["ins."]}
        rowKey={(row) => row.enterprise}
        filters={[
          { key: "q", label: "企业", placeholder: "企业名称" },
          { key: "standing", label: "投保状态", options: STANDINGS },
          { key: "sector", label: "应投保行业", options: SECTORS.map((value) => ({ value, label: value })) },
          { key: "region", label: "区域", type: "region" },
        ]}
        empty={t("没有应投保的企业。企业登记后按行业列入这份清单。")}
        columns={[
          {
            key: "enterprise",
            title: "企业",
            sort: true,
            render: (row) => <AppLink to={`/enterprises/${row.enterprise}`}>{row.enterprise_name}</AppLink>,
          },
          {
            key: "standing",
            title: "投保状态",
            render: (row) => <State code={row.standing} name={row.standing_name} />,
          },
          {
            key: "sector",
            title: "应投保行业",
            sort: true,
            render: (row) => (
              <>
                {row.sector || "—"}
                <div className="quiet">{row.sector && (row.decided ? t("监管部门认定") : t("按登记行业推定"))}</div>
              </>
            ),
          },
          {
            key: "covered_to",
            title: "保险止期",
            sort: true,
            render: (row) =>
              row.policy ? <AppLink to={`/insurance-policies/${row.policy}`}>{row.covered_to ?? "—"}</AppLink> : "—",
          },
          { key: "insurer", title: "保险机构", wide: true, render: (row) => row.insurer_name ?? "—" },
          {
            key: "employees",
            title: "在册人数",
            sort: true,
            align: "right",
            wide: true,
            render: (row) => number(row.employees),
          },
          {
            key: "uncovered",
            title: "未承保人数",
            align: "right",
            render: (row) => <span className={row.uncovered > 0 ? "bad" : ""}>{number(row.uncovered)}</span>,
          },
          ...(may("insurance:edit")
            ? [
                {
                  key: "decide",
                  title: "办理",
                  render: (row: Row) => (
                    <Button size="small" onClick={() => setDeciding(row)}>
                      {t("认定")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      <FormDialog<{ sector?: string; reason: string }, Row>
        title="认定投保义务"
        open={deciding !== null}
        close={() => setDeciding(null)}
        initial={{ sector: deciding?.sector || undefined }}
        refresh={["/insurance-duties"]}
        send={async (body, header) =>
          dataOf(
            await client.POST("/insurance-duties/{enterprise}", {
              params: { path: { enterprise: deciding?.enterprise ?? "" }, header },
              body: { sector: body.sector ?? "", reason: body.reason },
            }),
          )
        }
        consequence={t("认定后不再按登记行业推定；不属于任何应投保行业的，行业留空。")}
      >
        <Form.Item name="sector" label={t("应投保行业")}>
          <Select allowClear options={SECTORS.map((value) => ({ value, label: t(value) }))} />
        </Form.Item>
        <OpinionField name="reason" label="认定理由" phrases={["与实际生产经营活动一致", "已转产，不再属于该行业"]} />
      </FormDialog>
    </Page>
  );
}
