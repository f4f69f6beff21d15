import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { DetailPage, Pairs, PlainTable } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { AppLink, useParam } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { Panel } from "@kit/Page";
import { Button, Form, Input, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { State, YuanInput, yuan } from "./shared";

type Plan = Schema["PreventionPlan"];
type Line = Schema["PreventionLine"];
type Act = "schedule" | "confirm" | "complain" | "settle";
const TOUCHED = ["/prevention-", "/service-complaints", "/timeline", "/home", "/tasks"];

/** N15-04: a prevention plan with its services, the ledger that pays them, and complaints. */
export default function PlanPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const [dialog, setDialog] = useState<"agree" | "return" | null>(null);
  const [act, setAct] = useState<{ what: Act; line: Line } | null>(null);
  const { data, error, refetch } = useGet("/prevention-plans/{id}", {
    path: { id },
    live: ["svc.", "visit.", "check."],
  });
  return (
    <DetailPage
      title={data && `${data.enterprise_name} · ${t("预防服务方案")}`}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `prevention-plan/${id}` }}
      live={["svc."]}
      note={data && <State code={data.state} name={data.state_name} />}
      extra={
        data && (
          <>
            {data.may_agree && (
              <Button type="primary" onClick={() => setDialog("agree")}>
                {t("确认方案")}
              </Button>
            )}
            {data.may_return && <Button onClick={() => setDialog("return")}>{t("退回")}</Button>}
            <Button onClick={() => window.print()}>{t("打印")}</Button>
          </>
        )
      }
    >
      {data && <Ledger data={data} />}
      {data && <Services data={data} act={(what, line) => setAct({ what, line })} />}
      {data && <PlanDialogs data={data} dialog={dialog} close={() => setDialog(null)} />}
      {act && <LineDialog what={act.what} line={act.line} close={() => setAct(null)} />}
    </DetailPage>
  );
}

function Ledger({ data }: { data: Plan }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("方案与台账")}>
      <Pairs
        items={[
          { label: t("保单号"), value: <AppLink to={`/insurance-policies/${data.policy}`}>{data.policy_no}</AppLink> },
          { label: t("预算（元）"), value: yuan(data.budget_fen) },
          { label: t("已结算（元）"), value: yuan(data.spent_fen) },
          { label: t("余额（元）"), value: yuan(data.balance_fen) },
          { label: t("费用上限（元）"), value: yuan(data.fee.cap_fen), note: data.fee.rule },
          ...(data.fee.floor_fen ? [{ label: t("费用下限（元）"), value: yuan(data.fee.floor_fen) }] : []),
          { label: t("预期目标与保障措施"), value: data.goals },
          ...(data.reason ? [{ label: t("退回原因"), value: data.reason }] : []),
        ]}
      />
    </Panel>
  );
}

function Services({ data, act }: { data: Plan; act: (what: Act, line: Line) => void }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("服务")}>
      <PlainTable
        head={[t("服务"), t("计划日期"), t("服务机构"), t("金额（元）"), t("状态"), t("办理")]}
        rows={data.lines.map((line) => ({
          key: line.id,
          cells: [
            <span key="what">
              {line.content}
              <small className="quiet">{` ${line.item_name}`}</small>
            </span>,
            <span key="day" className={line.late ? "bad" : ""}>
              {line.due_on}
            </span>,
            line.supplier_name,
            yuan(line.settled_fen ?? line.amount_fen),
            <span key="state">
              <State code={line.state} name={line.state_name} bad={line.satisfied === false} />
              {line.complaints > 0 && <AppLink to={`/service-complaints?line=${line.id}`}>{t("有投诉")}</AppLink>}
            </span>,
            <span key="act" className="row">
              {line.visit && <AppLink to={`/visits/${line.visit}`}>{t("查看服务")}</AppLink>}
              {line.may_schedule && (
                <Button size="small" onClick={() => act("schedule", line)}>
                  {t("申请入企服务")}
                </Button>
              )}
              {line.may_confirm && (
                <Button size="small" type="primary" onClick={() => act("confirm", line)}>
                  {t("确认服务")}
                </Button>
              )}
              {line.may_settle && (
                <Button size="small" type="primary" onClick={() => act("settle", line)}>
                  {t("结算")}
                </Button>
              )}
              {line.may_complain && (
                <Button size="small" onClick={() => act("complain", line)}>
                  {t("投诉")}
                </Button>
              )}
            </span>,
          ],
        }))}
        empty={t("方案里没有服务。")}
      />
    </Panel>
  );
}

function PlanDialogs({ data, dialog, close }: { data: Plan; dialog: "agree" | "return" | null; close: () => void }) {
  const { t } = useTranslation();
  const path = { id: data.id };
  const revision = data.revision;
  return (
    <>
      <FormDialog<object, Plan>
        title="确认方案"
        open={dialog === "agree"}
        close={close}
        okText="确认"
        refresh={TOUCHED}
        send={async (_, header) =>
          dataOf(await client.POST("/prevention-plans/{id}/agree", { params: { path, header }, body: { revision } }))
        }
        consequence={t("确认后按方案安排服务；每次服务由本单位确认后才结算费用。")}
      >
        <p>{`${t("预算（元）")}：${yuan(data.budget_fen)}`}</p>
      </FormDialog>
      <FormDialog<{ reason: string }, Plan>
        title="退回"
        open={dialog === "return"}
        close={close}
        refresh={TOUCHED}
        send={async ({ reason }, header) =>
          dataOf(
            await client.POST("/prevention-plans/{id}/return", {
              params: { path, header },
              body: { reason, revision },
            }),
          )
        }
        consequence={t("退回后保险机构可以重新拟订方案。")}
      >
        <OpinionField name="reason" label="退回原因" phrases={["服务项目与本单位风险不符", "请调整服务日期"]} />
      </FormDialog>
    </>
  );
}

interface LineForm {
  deadline?: string;
  satisfied?: boolean;
  comment?: string;
  amount_fen?: number;
  voucher?: string;
  text?: string;
}
const TITLES: Record<Act, string> = { schedule: "申请入企服务", confirm: "确认服务", complain: "投诉", settle: "结算" };

function LineDialog({ what, line, close }: { what: Act; line: Line; close: () => void }) {
  const { t } = useTranslation();
  const path = { id: line.id };
  const consequences: Record<Act, string> = {
    schedule: t("将向服务机构申请一次预防服务，派人、告知和入企在检查服务中办理。"),
    confirm: t("确认后保险机构据此结算费用。"),
    complain: t("保险机构须在 10 个工作日内答复，逾期标红并告知监管部门。"),
    settle: t("从预防费用台账列支，结算后不能撤回。"),
  };
  return (
    <FormDialog<LineForm, unknown>
      title={TITLES[what]}
      open
      close={close}
      refresh={TOUCHED}
      initial={{ deadline: line.due_on, satisfied: true, amount_fen: line.amount_fen }}
      send={async (form, header) => {
        const params = { path, header };
        if (what === "schedule") {
          const deadline = `${form.deadline}T18:00:00+08:00`;
          return dataOf(
            await client.POST("/prevention-lines/{id}/schedule", { params, body: { deadline, skills: [] } }),
          );
        }
        if (what === "confirm") {
          const body = { satisfied: form.satisfied ?? true, comment: form.comment };
          return dataOf(await client.POST("/prevention-lines/{id}/confirm", { params, body }));
        }
        if (what === "settle") {
          const body = { amount_fen: form.amount_fen ?? 0, voucher: form.voucher };
          return dataOf(await client.POST("/prevention-lines/{id}/settle", { params, body }));
        }
        return dataOf(
          await client.POST("/prevention-lines/{id}/complain", { params, body: { text: form.text ?? "" } }),
        );
      }}
      consequence={consequences[what]}
    >
      <p>{line.content}</p>
      {what === "schedule" && (
        <Form.Item name="deadline" label={t("最迟入企日期")} rules={[{ required: true }]}>
          <Input type="date" />
        </Form.Item>
      )}
      {what === "confirm" && (
        <>
          <Form.Item name="satisfied" label={t("是否满意")}>
            <Radio.Group
              options={[
                { value: true, label: t("满意") },
                { value: false, label: t("不满意") },
              ]}
            />
          </Form.Item>
          <OpinionField name="comment" label="具体意见" required={false} />
        </>
      )}
      {what === "settle" && (
        <>
          <Form.Item name="amount_fen" label={t("结算金额")} rules={[{ required: true }]}>
            <YuanInput />
          </Form.Item>
          <Form.Item name="voucher" label={t("凭证号")}>
            <Input maxLength={40} />
          </Form.Item>
        </>
      )}
      {what === "complain" && <OpinionField name="text" label="投诉内容" min={5} />}
    </FormDialog>
  );
}
