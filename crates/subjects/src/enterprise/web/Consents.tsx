import { client, dataOf } from "@api/client";
import type { Consent } from "@api/types";
import { useWrite } from "@api/write";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, dateTime } from "@kit/format";
import { Picker } from "@kit/Picker";
import { useMay } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { App, Button, Checkbox, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FIELDS } from "./consentWords";

const PURPOSES = {
  underwriting: "安责险投保核保",
  risk_service: "事故预防服务",
  claims: "保险理赔",
  evaluation: "安全评价与检测",
  consulting: "安全技术咨询",
  training: "安全培训与演练",
};
const STATES: Record<string, ["good" | "plain", string]> = {
  active: ["good", "有效"],
  expired: ["plain", "已到期"],
  withdrawn: ["plain", "已撤回"],
};

interface ConsentForm {
  to: string;
  purpose: string;
  fields?: string[];
  until?: string;
}

/** Who outside the government may see what of this enterprise, why and until when. */
export function Consents({ enterprise, own }: { enterprise: string; own: boolean }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const may = useMay();
  const gives = own && may("enterprise:consent");
  const [adding, setAdding] = useState(false);
  const withdraw = useWrite<string, unknown>(
    (consent, header) =>
      client.POST("/enterprises/{id}/consents/{consent}/withdraw", {
        params: { path: { id: enterprise, consent }, header },
      }),
    {
      refresh: ["/enterprises"],
      done: () => message.success(t("已撤回")),
      failed: (error) => message.error(error.problem.title),
    },
  );
  const ask = (row: Consent) =>
    modal.confirm({
      title: `${t("撤回授权")}：${row.to_name}`,
      content: t("撤回后对方立即不能再查看；其已经看过的记录保留在存证日志中。"),
      okText: t("撤回"),
      cancelText: t("取消"),
      okButtonProps: { danger: true },
      onOk: () => withdraw.mutateAsync(row.id).catch(() => {}),
    });
  return (
    <>
      <CrudTable<Consent>
        name="consents"
        path="/enterprises/{id}/consents"
        params={{ id: enterprise }}
        live={["consent."]}
        rowKey={(row) => row.id}
        empty={t("没有向保险机构或技术服务机构开放过数据。")}
        actions={
          gives && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("新增授权")}
            </Button>
          )
        }
        columns={[
          { key: "to_name", title: "机构", render: (row) => row.to_name || row.to },
          { key: "purpose_name", title: "用途", render: (row) => t(row.purpose_name || row.purpose) },
          {
            key: "fields",
            title: "内容",
            render: (row) => row.fields.map((field) => t(FIELDS[field] ?? field)).join("、"),
          },
          { key: "given_at", title: "授权时间", render: (row) => dateTime(row.given_at) },
          { key: "until", title: "截止时间", render: (row) => (row.until ? dateOnly(row.until) : t("直到撤回")) },
          {
            key: "state",
            title: "状态",
            render: (row) => (
              <StatusTag tone={STATES[row.state]?.[0]}>{t(STATES[row.state]?.[1] ?? row.state)}</StatusTag>
            ),
          },
          {
            key: "act",
            title: "操作",
            render: (row) =>
              gives &&
              row.state === "active" && (
                <Button size="small" danger onClick={() => ask(row)}>
                  {t("撤回")}
                </Button>
              ),
          },
        ]}
      />
      <FormDialog<ConsentForm, { id: string }>
        title="新增授权"
        open={adding}
        close={() => setAdding(false)}
        initial={{ fields: ["summary"] }}
        refresh={["/enterprises"]}
        success="已授权，对方会收到通知"
        send={async ({ fields, until, ...body }, header) =>
          dataOf(
            await client.POST("/enterprises/{id}/consents", {
              params: { path: { id: enterprise }, header },
              body: {
                ...body,
                fields: fields ?? [],
                until: until ? new Date(`${until}T23:59:59+08:00`).toISOString() : undefined,
              },
            }),
          )
        }
        consequence={t("对方只能看到勾选的内容，到期或撤回后即不能再看；授权和撤回都记入存证日志。")}
      >
        <Form.Item name="to" label={t("保险机构或技术服务机构")} rules={[{ required: true, message: t("请选择机构") }]}>
          <Picker of="org" />
        </Form.Item>
        <Form.Item name="purpose" label={t("用途")} rules={[{ required: true, message: t("请选择用途") }]}>
          <Select options={Object.entries(PURPOSES).map(([value, label]) => ({ value, label: t(label) }))} />
        </Form.Item>
        <Form.Item name="fields" label={t("开放的内容")}>
          <Checkbox.Group
            options={Object.entries(FIELDS).map(([value, label]) => ({
              value,
              label: t(label),
              disabled: value === "summary",
            }))}
          />
        </Form.Item>
        <Form.Item name="until" label={t("截止日期（不填为直到撤回）")}>
          <Input type="date" />
        </Form.Item>
      </FormDialog>
    </>
  );
}
