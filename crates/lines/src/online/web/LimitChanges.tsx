import { client } from "@api/client";
import type { LimitChange } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateTime } from "@kit/format";
import { AppLink } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { Page } from "@kit/Page";
import { useMay, useMe } from "@kit/session";
import { limitText } from "@kit/tagColumns";
import { StatusTag } from "@kit/tags";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const STATES: Record<string, ["warn" | "good" | "plain", string]> = {
  pending: ["warn", "待批准"],
  approved: ["good", "已批准"],
  rejected: ["plain", "已退回"],
};

export default function LimitChanges() {
  const { t } = useTranslation();
  const me = useMe();
  const may = useMay();
  const [deciding, setDeciding] = useState<{ change: LimitChange; approve: boolean } | null>(null);
  const close = () => setDeciding(null);
  const decide = (body: { reason: string }, header: { "Idempotency-Key": string }) => {
    const params = { path: { id: deciding?.change.id ?? "" }, header };
    return deciding?.approve
      ? client.POST("/limit-changes/{id}/approve", { params, body })
      : client.POST("/limit-changes/{id}/reject", { params, body });
  };
  return (
    <Page title={t("限值变更")}>
      <CrudTable<LimitChange>
        name="limit-changes"
        path="/limit-changes"
        live={["iot.limit"]}
        rowKey={(row) => row.id}
        filters={[
          {
            key: "state",
            label: "状态",
            options: Object.entries(STATES).map(([value, [, label]]) => ({ value, label })),
          },
          { key: "enterprise", label: "企业", type: "enterprise" },
          { key: "tag", label: "点位编号" },
        ]}
        empty={t("没有限值变更申请。在点位趋势页点“申请修改限值”发起。")}
        columns={[
          {
            key: "tag",
            title: "点位",
            render: (row) => (
              <>
                <AppLink to={`/tags/${encodeURIComponent(row.tag)}`}>{row.tag_name}</AppLink>
                <div className="quiet">{row.enterprise_name}</div>
              </>
            ),
          },
          { key: "from", title: "原限值", render: (row) => limitText(row.from, t) },
          { key: "to", title: "新限值", render: (row) => <Changed change={row} /> },
          { key: "reason", title: "理由", render: (row) => row.reason },
          {
            key: "requested_at",
            title: "申请",
            sort: true,
            render: (row) => (
              <>
                {row.requested_by}
                <div className="quiet">{dateTime(row.requested_at)}</div>
              </>
            ),
          },
          {
            key: "state",
            title: "状态",
            render: (row) => (
              <>
                <StatusTag tone={STATES[row.state]?.[0]}>{t(STATES[row.state]?.[1] ?? row.state)}</StatusTag>
                {row.decided_by && (
                  <div className="quiet">
                    {row.decided_by} {dateTime(row.decided_at)}
                  </div>
                )}
                {row.decision_reason && <div className="quiet">{row.decision_reason}</div>}
              </>
            ),
          },
          {
            key: "act",
            title: "操作",
            render: (row) =>
              row.state === "pending" &&
              may("online:approve") &&
              row.requested_by !== me?.person && (
                <span className="row">
                  <Button size="small" type="primary" onClick={() => setDeciding({ change: row, approve: true })}>
                    {t("批准")}
                  </Button>
                  <Button size="small" onClick={() => setDeciding({ change: row, approve: false })}>
                    {t("退回")}
                  </Button>
                </span>
              ),
          },
        ]}
      />
      <FormDialog<{ reason: string }, unknown>
        title={deciding?.approve ? "批准限值变更" : "退回限值变更"}
        open={Boolean(deciding)}
        close={close}
        refresh={["/limit-changes", "/tags"]}
        send={decide}
        okText={deciding?.approve ? "批准" : "退回"}
        success={deciding?.approve ? "已批准，新限值生效" : "已退回"}
        consequence={
          deciding?.approve
            ? t("批准后立即按新限值判断，申请人和监管部门会收到通知。")
            : t("退回意见会告知申请人，原限值继续有效。")
        }
      >
        {deciding && (
          <p className="stack">
            <strong>{deciding.change.tag_name}</strong>
            <span>
              {t("原限值")}：{limitText(deciding.change.from, t)}
            </span>
            <span>
              {t("新限值")}：<Changed change={deciding.change} />
            </span>
          </p>
        )}
        <OpinionField
          name="reason"
          label="意见"
          phrases={
            deciding?.approve
              ? ["理由充分，同意", "已核对依据，同意"]
              : ["理由不充分，请补充依据", "放宽限值会掩盖风险，不同意"]
          }
        />
      </FormDialog>
    </Page>
  );
}

/** The new limits, with a warning where a limit is widened or removed. */
function Changed({ change }: { change: LimitChange }) {
  const { t } = useTranslation();
  return (
    <>
      {limitText(change.to, t)}
      {change.loosens && <div className="warn">{t("放宽了限值")}</div>}
    </>
  );
}
