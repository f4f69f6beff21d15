import { client, dataOf } from "@api/client";
import { fetchOne, useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { DetailPage, Pairs, PlainTable } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, number } from "@kit/format";
import { AppLink, useParam, useQuery, useSetQuery } from "@kit/nav";
import { Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { Button, Form, Select, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PlanDialog } from "./PlanDialog";
import { Change, Example, FactorTable, State, yuan } from "./shared";

type View = Schema["InsurancePolicyView"];
const CHANGE_STATES: Record<string, string> = {
  accepted: "已采纳",
  proposed: "待核保决定",
  declined: "未采纳",
  waiting: "尚未提出",
};

/** One policy: what is covered, what the premium is made of, and what changed because the enterprise acted. */
export default function PolicyPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const { tab } = useQuery();
  const setQuery = useSetQuery();
  const [dialog, setDialog] = useState<"end" | "plan" | null>(null);
  const { data, error, refetch } = useGet("/insurance-policies/{id}", { path: { id }, live: ["ins.", "svc."] });
  return (
    <DetailPage
      title={data && `${t("保单")} ${data.policy_no}`}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `insurance-policy/${id}` }}
      live={["ins."]}
      note={
        data && (
          <span className="row">
            <State code={data.state} name={data.state_name} />
            <AppLink to={`/enterprises/${data.enterprise}`}>{data.enterprise_name}</AppLink>
          </span>
        )
      }
      extra={
        data && (
          <>
            {data.may_plan && (
              <Button type="primary" onClick={() => setDialog("plan")}>
                {t("拟订预防服务方案")}
              </Button>
            )}
            <Button onClick={() => void saveBasis(id, data.policy_no)}>{t("导出保费依据")}</Button>
            <Button onClick={() => window.print()}>{t("打印")}</Button>
            {data.may_end && (
              <Button danger onClick={() => setDialog("end")}>
                {t("终止保单")}
              </Button>
            )}
          </>
        )
      }
    >
      {data && (
        <Tabs
          activeKey={tab ?? "cover"}
          onChange={(key) => setQuery({ tab: key === "cover" ? undefined : key }, { replace: true })}
          items={[
            { key: "cover", label: t("承保内容"), children: <Cover data={data} /> },
            { key: "factors", label: t("费率因素"), children: <Factors data={data} /> },
            { key: "changes", label: t("因为您的行动"), children: <Changes id={id} /> },
          ]}
        />
      )}
      {data && (
        <PlanDialog policy={id} period={[data.from, data.to]} open={dialog === "plan"} close={() => setDialog(null)} />
      )}
      {data && <EndDialog data={data} open={dialog === "end"} close={() => setDialog(null)} />}
    </DetailPage>
  );
}

async function saveBasis(id: string, name: string): Promise<void> {
  const basis = await fetchOne("/insurance-policies/{id}/basis", { path: { id } });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(basis, null, 1)], { type: "application/json" }));
  link.download = `${name}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function Cover({ data }: { data: View }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("承保内容")}>
      <Pairs
        items={[
          { label: t("保险机构"), value: data.insurer_name },
          { label: t("保险期间"), value: `${data.from} — ${data.to}` },
          { label: t("承保人数"), value: number(data.people) },
          { label: t("每人限额"), value: yuan(data.per_person_fen), note: data.asked.floors.join("；") },
          { label: t("累计限额"), value: yuan(data.cumulative_fen) },
          { label: t("每人医疗限额"), value: yuan(data.asked.medical_fen) },
          { label: t("承保时保险费"), value: yuan(data.bound_fen) },
          {
            label: t("现行保险费"),
            value: (
              <>
                {yuan(data.premium_fen)} <AppLink to={`/why/${data.premium_event}`}>{t("为什么")}</AppLink>
              </>
            ),
          },
          {
            label: t("预防服务方案"),
            value: data.plan ? (
              <AppLink to={`/prevention-plans/${data.plan}`}>{t("查看方案与台账")}</AppLink>
            ) : (
              t("还没有方案")
            ),
          },
          ...(data.proposal
            ? [
                {
                  label: t("保险费调整"),
                  value: <AppLink to={`/premium-adjustments/${data.proposal}`}>{t("有一项建议待核保决定")}</AppLink>,
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}

function Factors({ data }: { data: View }) {
  const { t } = useTranslation();
  return (
    <>
      <Panel title={t("承保时")}>
        <FactorTable base={data.basis.base_fen} priced={data.bound} />
      </Panel>
      <Panel title={t("按现有事实")}>
        <FactorTable base={data.basis.base_fen} priced={data.computed} />
        <p className="quiet">{t("与现行保险费不同的，由平台提出建议，核保人员采纳后才生效。")}</p>
      </Panel>
    </>
  );
}

/** N15-15: event by event, what it did to the premium. */
function Changes({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useGet("/insurance-policies/{id}/changes", { path: { id }, live: ["ins."] });
  if (!data) return <ProblemAlert error={error} retry={() => void refetch()} />;
  const word = (what: Schema["PremiumCauseWhat"]) =>
    what.kind === "grade"
      ? `${t("信用等级发布")}：${what.grade}`
      : what.counts
        ? t("隐患按期整改并核实")
        : t("隐患未按期整改或重新打开");
  return (
    <Panel title={t("因为这些事件，保险费的变化")}>
      {data.example && <Example />}
      <Pairs
        items={[
          { label: t("承保时保险费"), value: yuan(data.bound_fen) },
          { label: t("现行保险费"), value: yuan(data.premium_fen) },
          { label: t("按现有事实，续保从这里起算"), value: yuan(data.computed_fen) },
        ]}
      />
      <PlainTable
        head={[t("日期"), t("事件"), t("差额（元）"), t("变化后（元）"), t("状态")]}
        rows={data.changes.map((change) => ({
          key: change.event,
          cells: [
            dateOnly(change.at),
            <AppLink key="why" to={`/why/${change.event}`}>
              {word(change.what)}
            </AppLink>,
            <Change key="fen" fen={change.change_fen} />,
            yuan(change.after_fen),
            change.adjustment ? (
              <AppLink key="state" to={`/premium-adjustments/${change.adjustment}`}>
                {t(CHANGE_STATES[change.state] ?? change.state)}
              </AppLink>
            ) : (
              t(CHANGE_STATES[change.state] ?? change.state)
            ),
          ],
        }))}
        empty={t("承保以来还没有影响保险费的事件。按期整改隐患并经核实、信用等级提升，保险费会下降。")}
      />
    </Panel>
  );
}

function EndDialog({ data, open, close }: { data: View; open: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <FormDialog<{ reason: string }, View>
      title="终止保单"
      open={open}
      close={close}
      danger
      refresh={["/insurance-", "/timeline", "/home"]}
      send={async ({ reason }, header) =>
        dataOf(
          await client.POST("/insurance-policies/{id}/end", {
            params: { path: { id: data.id }, header },
            body: { reason, revision: data.revision },
          }),
        )
      }
      consequence={t("不得退保：只有依法关闭或完全停止生产经营活动时才能提前终止。")}
    >
      <Form.Item name="reason" label={t("终止原因")} rules={[{ required: true }]}>
        <Select
          options={[
            { value: "closed_by_law", label: t("依法关闭") },
            { value: "production_stopped", label: t("完全停止生产经营活动") },
          ]}
        />
      </Form.Item>
    </FormDialog>
  );
}
