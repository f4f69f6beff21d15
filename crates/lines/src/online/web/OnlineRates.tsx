import { client } from "@api/client";
import type { OnlineRate } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { Page } from "@kit/Page";
import { useMay } from "@kit/session";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** ON-04: how much of each firm's data arrived, and what is wrong with the rest. */
export default function OnlineRates() {
  const { t } = useTranslation();
  const may = useMay();
  const [stopping, setStopping] = useState<OnlineRate | null>(null);
  return (
    <Page title={t("在线率")} note={t("按企业、按日统计；计划停用期间不计入离线")}>
      <CrudTable<OnlineRate>
        name="online-rates"
        path="/online-rates"
        sort="enterprise"
        rowKey={(row) => row.enterprise}
        filters={[
          { key: "date", label: "日期", type: "date" },
          { key: "enterprise", label: "企业", type: "enterprise" },
          { key: "region", label: "区域", type: "region" },
        ]}
        empty={t("还没有接入监测点位的企业。")}
        columns={[
          {
            key: "enterprise_name",
            title: "企业",
            sort: true,
            render: (row) => <AppLink to={`/enterprises/${row.enterprise}`}>{row.enterprise_name}</AppLink>,
          },
          {
            key: "points",
            title: "点位",
            align: "right",
            render: (row) => <AppLink to={`/tags?enterprise=${row.enterprise}`}>{number(row.points)}</AppLink>,
          },
          {
            key: "online_percent",
            title: "在线率",
            align: "right",
            render: (row) => (
              <strong className={rateTone(row.online_percent)}>
                {typeof row.online_percent !== "number" ? "—" : `${number(row.online_percent, 1)}%`}
              </strong>
            ),
          },
          { key: "gaps", title: "中断次数", align: "right", sort: true, render: (row) => number(row.gaps) },
          { key: "flatlines", title: "数值不变", align: "right", sort: true, render: (row) => number(row.flatlines) },
          { key: "clock_drift", title: "时钟偏差", align: "right", render: (row) => number(row.clock_drift) },
          {
            key: "unacked",
            title: "未签收预警",
            align: "right",
            render: (row) =>
              row.unacked > 0 ? (
                <AppLink to={`/alarms?state=active&enterprise=${row.enterprise}`}>{number(row.unacked)}</AppLink>
              ) : (
                "0"
              ),
          },
          {
            key: "planned_stop",
            title: "计划停用",
            render: (row) =>
              row.planned_stop
                ? `${dateOnly(row.planned_stop.from)} 至 ${dateOnly(row.planned_stop.to)} ${row.planned_stop.reason}`
                : "—",
          },
          {
            key: "act",
            title: "操作",
            render: (row) =>
              may("online:edit") && (
                <Button type="link" size="small" onClick={() => setStopping(row)}>
                  {t("登记计划停用")}
                </Button>
              ),
          },
        ]}
      />
      <FormDialog<{ from: string; to: string; reason: string }, unknown>
        title="登记计划停用"
        open={Boolean(stopping)}
        close={() => setStopping(null)}
        refresh={["/online-rates"]}
        send={(body, header) =>
          client.POST("/online-rates/{enterprise}/planned-stop", {
            params: { path: { enterprise: stopping?.enterprise ?? "" }, header },
            body: {
              ...body,
              from: new Date(`${body.from}:00+08:00`).toISOString(),
              to: new Date(`${body.to}:00+08:00`).toISOString(),
            },
          })
        }
        consequence={t("停用期间不计入离线，但装置仍在运行的数据照常判断预警；登记内容记入存证日志。")}
      >
        <p>
          <strong>{stopping?.enterprise_name}</strong>
        </p>
        <Form.Item name="from" label={t("开始时间")} rules={[{ required: true, message: t("请填写开始时间") }]}>
          <Input type="datetime-local" />
        </Form.Item>
        <Form.Item name="to" label={t("结束时间")} rules={[{ required: true, message: t("请填写结束时间") }]}>
          <Input type="datetime-local" />
        </Form.Item>
        <OpinionField name="reason" label="停用原因" phrases={["年度检修", "设备更换", "停产"]} />
      </FormDialog>
    </Page>
  );
}

function rateTone(percent: number | null | undefined): string {
  if (percent === null || percent === undefined) return "quiet";
  return percent < 95 ? "bad" : percent < 99 ? "warn" : "good";
}
