import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateTime, number } from "@kit/format";
import { AppLink, useGo } from "@kit/nav";
import { Page } from "@kit/Page";
import { useMay, useMe } from "@kit/session";
import { Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { State, YuanInput, yuan } from "./shared";

type Row = Schema["InsuranceApplicationRow"];
type View = Schema["InsuranceApplicationView"];
interface Asked {
  insurer: string;
  people: number;
  per_person_fen: number;
  cumulative_fen: number;
  medical_fen: number;
  from: string;
  to: string;
}
const STATES = [
  { value: "requested", label: "待报价" },
  { value: "quoted", label: "待企业确认" },
  { value: "bound", label: "已承保" },
  { value: "withdrawn", label: "已撤回" },
];

/** N15-02: applications of enterprises and the quotes they got. */
export default function Applications() {
  const { t } = useTranslation();
  const may = useMay();
  const me = useMe();
  const go = useGo();
  const [asking, setAsking] = useState(false);
  const applies = may("insurance:register") && me?.subject === "enterprise";
  const start = useGet("/insurance-applications/start", { enabled: applies });
  return (
    <Page title={t("投保与报价")} note={t("企业自主选择保险机构；报价的每个因素都能点开依据的事件")}>
      <CrudTable<Row>
        name="insurance-applications"
        path="/insurance-applications"
        live={["ins."]}
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "企业", placeholder: "企业名称" },
          { key: "state", label: "状态", options: STATES },
        ]}
        empty={t("还没有投保申请。企业选择保险机构提出申请，保险机构报价，企业确认后保单生效。")}
        actions={
          <>
            {applies && (
              <Button type="primary" disabled={!start.data} onClick={() => setAsking(true)}>
                {t("申请投保")}
              </Button>
            )}
            {may("insurance:import") && (
              <Button onClick={() => go("/imports/insurance-policies")}>{t("导入纸质保单")}</Button>
            )}
          </>
        }
        columns={[
          {
            key: "enterprise",
            title: "企业",
            sort: true,
            render: (row) => <AppLink to={`/insurance-applications/${row.id}`}>{row.enterprise_name}</AppLink>,
          },
          { key: "state", title: "状态", render: (row) => <State code={row.state} name={row.state_name} /> },
          { key: "insurer", title: "保险机构", render: (row) => row.insurer_name },
          { key: "people", title: "人数", align: "right", render: (row) => number(row.people) },
          { key: "premium", title: "保险费（元）", sort: true, align: "right", render: (row) => yuan(row.premium_fen) },
          { key: "period", title: "保险期间", wide: true, render: (row) => `${row.from} — ${row.to}` },
          { key: "updated_at", title: "更新时间", sort: true, wide: true, render: (row) => dateTime(row.updated_at) },
        ]}
      />
      <FormDialog<Asked, View>
        title="申请投保"
        open={asking}
        close={() => setAsking(false)}
        draft="insurance-application"
        initial={{
          insurer: start.data?.insurer ?? undefined,
          people: start.data?.employees ?? undefined,
          per_person_fen: start.data?.floor_fen,
          from: start.data?.from,
          to: start.data?.to,
        }}
        refresh={["/insurance-applications"]}
        done={(answer) => go(`/insurance-applications/${answer.id}`)}
        send={async ({ people, per_person_fen, ...rest }, header) =>
          dataOf(
            await client.POST("/insurance-applications", {
              params: { header },
              body: { ...rest, groups: [{ name: "全体从业人员", people, per_person_fen }] },
            }),
          )
        }
        consequence={t(
          "提交后，所选保险机构 30 天内可查看本单位的概况、重大危险源和信用等级用于核保；撤回申请即关闭。",
        )}
      >
        <Form.Item name="insurer" label={t("保险机构")} rules={[{ required: true }]}>
          <Select options={start.data?.insurers.map((each) => ({ value: each.id, label: each.name }))} />
        </Form.Item>
        <Form.Item name="people" label={t("承保人数（全部从业人员）")} rules={[{ required: true }]}>
          <InputNumber min={1} precision={0} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item
          name="per_person_fen"
          label={t("每人限额（所有人员一致）")}
          rules={[{ required: true }]}
          extra={start.data?.floors.join("；")}
        >
          <YuanInput />
        </Form.Item>
        <Form.Item name="cumulative_fen" label={t("累计限额")} rules={[{ required: true }]}>
          <YuanInput />
        </Form.Item>
        <Form.Item name="medical_fen" label={t("每人医疗限额")} rules={[{ required: true }]}>
          <YuanInput />
        </Form.Item>
        <Form.Item name="from" label={t("保险起期")} rules={[{ required: true }]}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="to" label={t("保险止期（最后一天）")} rules={[{ required: true }]}>
          <Input type="date" />
        </Form.Item>
      </FormDialog>
    </Page>
  );
}
