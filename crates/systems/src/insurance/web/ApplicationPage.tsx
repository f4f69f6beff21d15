import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { DetailPage, Pairs } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { number } from "@kit/format";
import { AppLink, useGo, useParam, useQuery } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { Panel } from "@kit/Page";
import { Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FactorTable, State, YuanInput, yuan } from "./shared";

type View = Schema["InsuranceApplicationView"];
type Dialog = "quote" | "accept" | "withdraw";
interface Quote {
  policy_no: string;
  scheme: string;
  base_fen?: number;
  cost_wan?: number;
  discount_percent?: number;
  declared?: string[];
  commission?: number;
}
const TOUCHED = ["/insurance-", "/timeline", "/home", "/tasks"];

/** One application: what is asked for, the quote with its factors, and the signature. */
export default function ApplicationPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const asked = useQuery().do;
  const [chosen, setDialog] = useState<Dialog | null | undefined>();
  const { data, error, refetch } = useGet("/insurance-applications/{id}", { path: { id }, live: ["ins."] });
  const dialog = chosen === undefined && asked === "quote" && data?.may_quote ? "quote" : (chosen ?? null);
  return (
    <DetailPage
      title={data && `${data.enterprise_name} · ${t("投保申请")}`}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `insurance-application/${id}` }}
      live={["ins."]}
      note={data && <State code={data.state} name={data.state_name} />}
      extra={
        data && (
          <>
            {data.may_quote && (
              <Button type="primary" onClick={() => setDialog("quote")}>
                {data.priced ? t("重新报价") : t("报价")}
              </Button>
            )}
            {data.may_accept && (
              <Button type="primary" onClick={() => setDialog("accept")}>
                {t("确认报价")}
              </Button>
            )}
            {data.may_withdraw && <Button onClick={() => setDialog("withdraw")}>{t("撤回")}</Button>}
            <Button onClick={() => window.print()}>{t("打印")}</Button>
          </>
        )
      }
    >
      {data && <Asked data={data} />}
      {data?.priced && (
        <Panel title={t("报价：基准 × 因素")}>
          <FactorTable base={data.base_fen} priced={data.priced} />
        </Panel>
      )}
      {data?.suggestion?.priced && !data.priced && (
        <Panel title={t("按现有事件的试算")}>
          <FactorTable base={data.suggestion.base_fen} priced={data.suggestion.priced} />
          <p className="quiet">{data.suggestion.base_note}</p>
        </Panel>
      )}
      {data && <Dialogs data={data} dialog={dialog} close={() => setDialog(null)} />}
    </DetailPage>
  );
}

function Asked({ data }: { data: View }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("投保内容")}>
      <Pairs
        items={[
          { label: t("企业"), value: <AppLink to={`/enterprises/${data.enterprise}`}>{data.enterprise_name}</AppLink> },
          { label: t("保险机构"), value: data.insurer_name },
          { label: t("保险期间"), value: `${data.from} — ${data.to}` },
          { label: t("承保人数"), value: number(data.asked.people) },
          { label: t("每人限额"), value: yuan(data.asked.per_person_fen), note: data.asked.floors.join("；") },
          { label: t("累计限额"), value: yuan(data.asked.cumulative_fen) },
          { label: t("每人医疗限额"), value: yuan(data.asked.medical_fen) },
          {
            label: t("保单号"),
            value: data.policy ? (
              <AppLink to={`/insurance-policies/${data.policy}`}>{data.policy_no}</AppLink>
            ) : (
              data.policy_no
            ),
          },
          ...(data.reason ? [{ label: t("撤回原因"), value: data.reason }] : []),
        ]}
      />
    </Panel>
  );
}

function Dialogs({ data, dialog, close }: { data: View; dialog: Dialog | null; close: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const path = { id: data.id };
  const revision = data.revision;
  return (
    <>
      <FormDialog<Quote, View>
        title="报价"
        open={dialog === "quote"}
        close={close}
        initial={{
          policy_no: data.policy_no ?? undefined,
          scheme: data.scheme ?? data.suggestion?.scheme,
          base_fen: data.base_fen ?? data.suggestion?.base_fen,
          declared: data.declared,
          commission: (data.commission_bp ?? 0) / 100,
        }}
        refresh={TOUCHED}
        send={async ({ commission, cost_wan, discount_percent, ...body }, header) =>
          dataOf(
            await client.POST("/insurance-applications/{id}/quote", {
              params: { path, header },
              body: {
                ...body,
                cost_wan: cost_wan === undefined ? undefined : String(cost_wan),
                discount_percent: discount_percent === undefined ? undefined : String(discount_percent),
                commission_bp: Math.round((commission ?? 0) * 100),
                revision,
              },
            }),
          )
        }
        consequence={t("信用等级和已核实的整改由平台从事件取得，不用填写；企业会收到报价。")}
      >
        <QuoteFields data={data} />
      </FormDialog>
      <FormDialog<{ password: string }, View>
        title="确认报价"
        open={dialog === "accept"}
        close={close}
        okText="确认并生效"
        refresh={TOUCHED}
        done={(answer) => answer.policy && go(`/insurance-policies/${answer.policy}`)}
        send={async ({ password }, header) => {
          dataOf(
            await client.POST("/session/confirm", {
              params: { header: { "Idempotency-Key": `${header["Idempotency-Key"]}-c` } },
              body: { password },
            }),
          );
          return dataOf(
            await client.POST("/insurance-applications/{id}/accept", { params: { path, header }, body: { revision } }),
          );
        }}
        consequence={t("确认后保单生效，除依法关闭或完全停产外不得退保；承保期间保险机构可查看本单位的风险管理信息。")}
      >
        <Form.Item name="password" label={t("本人密码")} rules={[{ required: true }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
      </FormDialog>
      <FormDialog<{ reason: string }, View>
        title="撤回"
        open={dialog === "withdraw"}
        close={close}
        danger
        refresh={TOUCHED}
        send={async ({ reason }, header) =>
          dataOf(
            await client.POST("/insurance-applications/{id}/withdraw", {
              params: { path, header },
              body: { reason, revision },
            }),
          )
        }
        consequence={t("撤回后保险机构不能再查看本单位信息；需要时可重新申请。")}
      >
        <OpinionField name="reason" label="撤回原因" phrases={["已改选其他保险机构", "投保内容有误"]} />
      </FormDialog>
    </>
  );
}

function QuoteFields({ data }: { data: View }) {
  const { t } = useTranslation();
  const name = Form.useWatch("scheme") as string | undefined;
  const schemes = data.suggestion?.schemes ?? [];
  const scheme = schemes.find((each) => each.name === name);
  const stated = scheme?.factors.filter((factor) => !factor.from_events) ?? [];
  return (
    <>
      <Form.Item name="policy_no" label={t("保单号")} rules={[{ required: true }]}>
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item
        name="scheme"
        label={t("费率方案")}
        rules={[{ required: true }]}
        extra={scheme && `${scheme.rule}${scheme.example ? `（${t("示例，未经确认")}）` : ""}`}
      >
        <Select options={schemes.map((each) => ({ value: each.name, label: each.name }))} />
      </Form.Item>
      {scheme?.kind === "bands" ? (
        <>
          <Form.Item name="cost_wan" label={t("工程造价（万元）")} rules={[{ required: true }]}>
            <InputNumber min={0} style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="discount_percent" label={t("风险管理水平优惠（%）")}>
            <InputNumber min={0} max={100} style={{ width: "100%" }} />
          </Form.Item>
        </>
      ) : (
        <Form.Item
          name="base_fen"
          label={t("年基准保费")}
          rules={[{ required: true }]}
          extra={data.suggestion?.base_note}
        >
          <YuanInput />
        </Form.Item>
      )}
      {stated.length > 0 && (
        <Form.Item name="declared" label={t("称号与上年出险（依据本机构记录）")}>
          <Select
            mode="multiple"
            options={stated.map((each) => ({ value: each.id, label: `${each.name}（${each.percent}%）` }))}
          />
        </Form.Item>
      )}
      <Form.Item name="commission" label={t("佣金（%，不超过 5%）")}>
        <InputNumber min={0} max={100} precision={2} style={{ width: "100%" }} />
      </Form.Item>
    </>
  );
}
