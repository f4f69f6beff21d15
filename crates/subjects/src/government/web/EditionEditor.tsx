import { type ApiError, client, dataOf } from "@api/client";
import type { Schema } from "@api/types";
import { useRefresh, useWrite } from "@api/write";
import { Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { Alert, App, Button, Checkbox, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EditionRows } from "./EditionRows";
import { CONFIDENCE, type Edition, type Row } from "./ruleCells";
import { TrialView } from "./TrialView";

type Report = Schema["TrialReport"];

interface Confirmed {
  password: string;
  accept_refused?: boolean;
}

/** Makes a new edition: what it is, its rows, a trial on the stored cases, and the publication. */
export function EditionEditor({ table, start, close }: { table: string; start: Edition; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const refresh = useRefresh();
  const [form] = Form.useForm<Edition>();
  const [rows, setRows] = useState<Row[]>(start.rows);
  const [error, setError] = useState<ApiError | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const edition = () => {
    const kept = Object.entries({ ...form.getFieldsValue(), rows }).filter(([, value]) => value);
    return Object.fromEntries(kept);
  };
  const changedNow = () => setReport(null);
  const failed = (refusal: ApiError) => {
    const errors = refusal.problem.errors ?? [];
    form.setFields(errors.map((each) => ({ name: each.field as keyof Edition, errors: [each.message] })));
    setError(refusal);
  };
  const trial = useWrite<null, Report>(
    async () =>
      dataOf(
        await client.POST("/rule-tables/{table}/trial", {
          params: { path: { table } },
          body: { edition: edition() as never },
        }),
      ),
    {
      done: (answer) => {
        setError(null);
        setReport(answer);
      },
      failed,
    },
  );
  const publish = useWrite<Confirmed, Schema["Published"]>(
    async (confirmed, header) => {
      await client.POST("/session/confirm", { body: { password: confirmed.password } });
      return dataOf(
        await client.POST("/rule-tables/{table}/editions", {
          params: { path: { table }, header },
          body: {
            edition: edition() as never,
            trial: report?.trial,
            accept_refused: confirmed.accept_refused ?? false,
          },
        }),
      );
    },
    {
      done: (answer) => {
        message.success(`${t("已发布，规则集版本")} ${answer.rule_set}`);
        refresh(["/rule-tables", "/rule-editions", "/timeline", "/calc"]);
        close();
      },
      failed,
    },
  );
  return (
    <>
      <Panel title={t("新版本")} extra={<Button onClick={close}>{t("放弃")}</Button>}>
        <Form
          form={form}
          layout="vertical"
          initialValues={start}
          scrollToFirstError
          onValuesChange={changedNow}
          onFinish={() => trial.mutate(null)}
        >
          <Fields />
          <EditionRows
            rows={rows}
            change={(next) => {
              setRows(next);
              changedNow();
            }}
          />
          <ProblemAlert error={error} />
          <div className="row">
            <Button type={report ? "default" : "primary"} htmlType="submit" loading={trial.isPending}>
              {t("在已存算例上试算")}
            </Button>
            <span className="quiet">{t("试算不保存；内容改动后须重新试算。")}</span>
          </div>
        </Form>
      </Panel>
      {report && (
        <Panel title={t("试算结果")}>
          <TrialView report={report} />
          <Publish report={report} busy={publish.isPending} send={(confirmed) => publish.mutate(confirmed)} />
        </Panel>
      )}
    </>
  );
}

function Fields() {
  const { t } = useTranslation();
  const text = (name: string, label: string, extra?: string) => (
    <Form.Item
      name={name}
      label={t(label)}
      extra={extra && t(extra)}
      rules={[{ required: true, whitespace: true, message: `${t("请填写")}${t(label)}` }]}
    >
      <Input maxLength={200} />
    </Form.Item>
  );
  return (
    <div className="cards two">
      {text("standard", "标准", "名称和年号，如 GB 18218-2018")}
      {text("clause", "条款")}
      {text("edition", "版本", "本表内不能重复，发布后不能改")}
      {text("source", "来源", "在哪里读到：公报、全文、网页")}
      <Form.Item
        name="valid_from"
        label={t("施行日期")}
        rules={[{ required: true, message: `${t("请填写")}${t("施行日期")}` }]}
      >
        <Input type="date" />
      </Form.Item>
      <Form.Item name="valid_to" label={t("失效日期（不填为长期）")}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="region" label={t("行政区划代码（不填为全国）")}>
        <Input maxLength={12} inputMode="numeric" />
      </Form.Item>
      <Form.Item name="confidence" label={t("核实程度")} rules={[{ required: true }]}>
        <Select options={Object.entries(CONFIDENCE).map(([value, [, word]]) => ({ value, label: t(word) }))} />
      </Form.Item>
    </div>
  );
}

/** Publishing cannot be undone, so the person confirms with the password. */
function Publish({ report, busy, send }: { report: Report; busy: boolean; send: (confirmed: Confirmed) => void }) {
  const { t } = useTranslation();
  return (
    <Form<Confirmed> layout="vertical" className="narrow" onFinish={send}>
      {report.refused > 0 && (
        <Form.Item name="accept_refused" valuePropName="checked">
          <Checkbox>{t("确认废止：这些算例今后没有结果")}</Checkbox>
        </Form.Item>
      )}
      <Alert
        type="warning"
        showIcon
        title={t("发布后不能修改或撤回，只能再发布新版本；已有结果保留原版本。")}
        style={{ marginBottom: 12 }}
      />
      <Form.Item name="password" label={t("本人密码")} rules={[{ required: true, message: t("请填写密码") }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t("发布")} {report.rule_set}
      </Button>
    </Form>
  );
}
