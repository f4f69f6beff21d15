import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { DetailPage, Pairs, PlainTable } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { dateTime } from "@kit/format";
import { AppLink, useParam } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { Panel } from "@kit/Page";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Because, Change, State, yuan } from "./shared";

type View = Schema["PremiumAdjustmentView"];
const TOUCHED = ["/premium-", "/insurance-", "/timeline", "/home", "/tasks"];

/** One proposal: before, after, and the events behind every factor. */
export default function AdjustmentPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const [dialog, setDialog] = useState<"accept" | "decline" | null>(null);
  const { data, error, refetch } = useGet("/premium-adjustments/{id}", { path: { id }, live: ["ins.premium"] });
  const close = () => setDialog(null);
  const body = { revision: data?.revision };
  return (
    <DetailPage
      title={data && `${data.enterprise_name} · ${t("保险费调整")}`}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={data && { subject: `insurance-policy/${data.policy}` }}
      live={["ins."]}
      note={data && <State code={data.state} name={data.state_name} />}
      extra={
        data && (
          <>
            {data.may_decide && (
              <Button type="primary" onClick={() => setDialog("accept")}>
                {t("采纳")}
              </Button>
            )}
            {data.may_decide && <Button onClick={() => setDialog("decline")}>{t("不采纳")}</Button>}
            <Button onClick={() => window.print()}>{t("打印")}</Button>
          </>
        )
      }
    >
      {data && (
        <Panel title={t("调整内容")}>
          <Pairs
            items={[
              {
                label: t("保单号"),
                value: <AppLink to={`/insurance-policies/${data.policy}`}>{data.policy_no}</AppLink>,
              },
              { label: t("调整前（元）"), value: yuan(data.old_fen) },
              { label: t("调整后（元）"), value: yuan(data.new_fen) },
              { label: t("差额（元）"), value: <Change fen={data.change_fen} /> },
              { label: t("提出时间"), value: dateTime(data.proposed_at) },
              { label: t("费率方案"), value: data.scheme },
              {
                label: t("为什么"),
                value: <AppLink to={`/why/${data.decided_event ?? data.proposed_event}`}>{t("逐层查看起因")}</AppLink>,
              },
              ...(data.reason ? [{ label: t("不采纳的理由"), value: data.reason }] : []),
            ]}
          />
          <PlainTable
            head={[t("因素"), t("浮动"), t("依据")]}
            rows={data.terms.map((term) => ({
              key: term.id,
              cells: [term.name, term.effect, <Because key="why" events={term.because} />],
            }))}
            empty={t("没有浮动因素，保险费回到基准。")}
          />
        </Panel>
      )}
      <FormDialog<object, View>
        title="采纳"
        open={dialog === "accept"}
        close={close}
        okText="采纳"
        success="已采纳"
        refresh={TOUCHED}
        send={async (_, header) =>
          dataOf(await client.POST("/premium-adjustments/{id}/accept", { params: { path: { id }, header }, body }))
        }
        consequence={t("采纳后保单的保险费立即改变，企业会看到因为哪些事件、各差多少元。")}
      >
        <p>{data && `${yuan(data.old_fen)} → ${yuan(data.new_fen)} ${t("元")}`}</p>
      </FormDialog>
      <FormDialog<{ reason: string }, View>
        title="不采纳"
        open={dialog === "decline"}
        close={close}
        refresh={TOUCHED}
        send={async ({ reason }, header) =>
          dataOf(
            await client.POST("/premium-adjustments/{id}/decline", {
              params: { path: { id }, header },
              body: { ...body, reason },
            }),
          )
        }
        consequence={t("理由会告知企业；事实再变化时平台会提出新的建议。")}
      >
        <OpinionField name="reason" label="不采纳的理由" phrases={["按合同约定续保时调整"]} />
      </FormDialog>
    </DetailPage>
  );
}
