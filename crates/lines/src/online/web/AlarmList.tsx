import type { Alarm } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { dateTime } from "@kit/format";
import { Page } from "@kit/Page";
import { useTranslation } from "react-i18next";
import { alarmColumns } from "./alarmColumns";

const STATE_OPTIONS = [
  { value: "open", label: "未处置完" },
  { value: "active", label: "待签收" },
  { value: "acknowledged", label: "已签收待说明" },
  { value: "explained", label: "已说明待消警" },
  { value: "cleared", label: "已消警" },
];

/** Every alarm ever raised; nothing can be deleted. */
export default function AlarmList() {
  const { t } = useTranslation();
  return (
    <Page title={t("预警记录")}>
      <CrudTable<Alarm>
        name="alarms"
        path="/alarms"
        live={["iot.alarm"]}
        sort="-raised_at"
        rowKey={(row) => row.id}
        filters={[
          { key: "state", label: "状态", options: STATE_OPTIONS },
          {
            key: "level",
            label: "限值",
            options: [
              { value: "HH", label: "高高限" },
              { value: "H", label: "高限" },
              { value: "L", label: "低限" },
              { value: "LL", label: "低低限" },
            ],
          },
          { key: "enterprise", label: "企业", type: "enterprise" },
          { key: "region", label: "区域", type: "region" },
          { key: "tag", label: "点位编号" },
        ]}
        empty={t("还没有预警。点位数值越过限值并超过延时后，会在这里记录。")}
        columns={[
          ...alarmColumns(t),
          { key: "raised_at", title: "发生时间", render: (row) => dateTime(row.raised_at), hidden: true },
          { key: "acked_at", title: "签收时间", render: (row) => dateTime(row.acked_at), hidden: true },
          { key: "explained_at", title: "说明时间", render: (row) => dateTime(row.explained_at), hidden: true },
          { key: "cleared_at", title: "消警时间", render: (row) => dateTime(row.cleared_at), hidden: true },
        ]}
      />
    </Page>
  );
}
