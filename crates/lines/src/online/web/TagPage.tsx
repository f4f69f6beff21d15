import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Alarm, LimitChange, Limits } from "@api/types";
import { DetailPage, Pairs, PlainTable } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { dateTime, number, unitSign } from "@kit/format";
import { AppLink, useParam } from "@kit/nav";
import { Panel } from "@kit/Page";
import { useMay } from "@kit/session";
import { TagTrend } from "@kit/TagTrend";
import { limitText } from "@kit/tagColumns";
import { AlarmLevel, AlarmStatus } from "@kit/tags";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LimitFields } from "./LimitFields";

/** One tag: live trend with its limits, the alarms it raised and the changes of its limits. */
export default function TagPage() {
  const { t } = useTranslation();
  const name = useParam("tag");
  const may = useMay();
  const [changing, setChanging] = useState(false);
  const { data, error, refetch } = useGet("/tags", { query: { tag: name, "page[size]": "1" }, live: ["iot.limit"] });
  const tag = data?.items.find((each) => each.tag === name);
  const { data: alarms } = useGet("/alarms", {
    query: { tag: name, sort: "-raised_at", "page[size]": "10" },
    live: ["iot.alarm"],
  });
  const { data: changes } = useGet("/limit-changes", { query: { tag: name, "page[size]": "10" }, live: ["iot.limit"] });
  return (
    <DetailPage
      title={tag ? tag.name : data ? t("没有找到这个点位") : undefined}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      note={tag && <AppLink to={`/enterprises/${tag.enterprise}`}>{tag.enterprise_name ?? tag.enterprise}</AppLink>}
      extra={tag && may("online:edit") && <Button onClick={() => setChanging(true)}>{t("申请修改限值")}</Button>}
    >
      {tag && (
        <>
          <Panel>
            <TagTrend tag={tag} />
          </Panel>
          <Panel title={t("点位信息")}>
            <Pairs
              items={[
                { label: t("点位编号"), value: <span className="mono">{tag.tag}</span> },
                { label: t("单位"), value: unitSign(tag.unit) },
                { label: t("设备"), value: tag.device },
                { label: t("采样周期"), value: `${tag.sample_s} ${t("秒")}` },
                { label: t("限值"), value: limitText(tag.limits, t) },
                { label: t("回差"), value: `${number(tag.limits.dead_band)} ${unitSign(tag.unit)}` },
                { label: t("报警延时"), value: `${tag.limits.on_delay_s} ${t("秒")}` },
                { label: t("恢复延时"), value: `${tag.limits.off_delay_s} ${t("秒")}` },
                {
                  label: t("重大危险源"),
                  value: tag.hazard_source && (
                    <AppLink to={`/hazard-sources/${tag.hazard_source}`}>{t("查看档案")}</AppLink>
                  ),
                },
              ]}
            />
          </Panel>
          <Panel
            title={t("最近预警")}
            extra={<AppLink to={`/alarms?tag=${encodeURIComponent(name)}`}>{t("全部")}</AppLink>}
          >
            <PlainTable
              head={[t("发生时间"), t("级别"), t("数值"), t("状态")]}
              empty={t("这个点位没有发生过预警。")}
              rows={(alarms?.items ?? []).map((alarm: Alarm) => ({
                key: alarm.id,
                cells: [
                  <AppLink key="at" to={`/alarms/${alarm.id}`}>
                    {dateTime(alarm.raised_at)}
                  </AppLink>,
                  <AlarmLevel key="level" priority={alarm.priority} level={alarm.level} />,
                  `${number(alarm.value)} ${unitSign(alarm.unit)}`,
                  <AlarmStatus key="state" state={alarm.state} back={alarm.back_to_normal} />,
                ],
              }))}
            />
          </Panel>
          <Panel title={t("限值变更记录")}>
            <PlainTable
              head={[t("申请时间"), t("原限值"), t("新限值"), t("理由"), t("结果")]}
              empty={t("限值没有修改过。")}
              rows={(changes?.items ?? []).map((change: LimitChange) => ({
                key: change.id,
                cells: [
                  dateTime(change.requested_at),
                  limitText(change.from, t),
                  limitText(change.to, t),
                  change.reason,
                  t(DECISIONS[change.state] ?? change.state),
                ],
              }))}
            />
          </Panel>
          <FormDialog<Limits & { reason: string }, { id: string }>
            title="申请修改限值"
            open={changing}
            close={() => setChanging(false)}
            initial={tag.limits}
            refresh={["/limit-changes", "/tags"]}
            success="已提交，等待批准"
            send={async (body, header) =>
              dataOf(await client.POST("/tags/{tag}/limit-changes", { params: { path: { tag: name }, header }, body }))
            }
            consequence={t("由另一人批准后生效；修改前后的限值、理由和批准人记入存证日志，监管部门可见。")}
          >
            <LimitFields unit={unitSign(tag.unit)} />
          </FormDialog>
        </>
      )}
    </DetailPage>
  );
}

const DECISIONS: Record<string, string> = { pending: "待批准", approved: "已批准", rejected: "已退回" };
