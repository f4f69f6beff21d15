import type { Quarantined } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { dateTimeSeconds, number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { StatusTag } from "@kit/tags";
import { useTranslation } from "react-i18next";

/** Readings that were not taken as they came, each with its reason. */
export default function Quarantine() {
  const { t } = useTranslation();
  return (
    <Page title={t("异常数据")} note={t("被拒收或隔离的上报数据及原因；隔离的数据不参与预警判断")}>
      <CrudTable<Quarantined>
        name="quarantine"
        path="/quarantine"
        live={["iot.device"]}
        rowKey={(row) => row.id}
        filters={[
          { key: "enterprise", label: "企业", type: "enterprise" },
          { key: "device", label: "设备编号" },
          {
            key: "disposition",
            label: "处理",
            options: [
              { value: "refused", label: "拒收" },
              { value: "quarantined", label: "隔离" },
            ],
          },
        ]}
        empty={t("没有被拒收或隔离的数据。")}
        columns={[
          { key: "at", title: "收到时间", render: (row) => dateTimeSeconds(row.at) },
          { key: "device", title: "设备", render: (row) => <span className="mono">{row.device}</span> },
          {
            key: "enterprise",
            title: "企业",
            render: (row) =>
              row.enterprise ? (
                <AppLink to={`/enterprises/${row.enterprise}`}>{row.enterprise_name ?? row.enterprise}</AppLink>
              ) : (
                "—"
              ),
          },
          { key: "tag", title: "点位", render: (row) => row.tag ?? "—" },
          { key: "value", title: "上报内容", render: (row) => <span className="mono">{row.value ?? "—"}</span> },
          { key: "times", title: "次数", align: "right", render: (row) => number(row.times) },
          { key: "reason", title: "原因", render: (row) => row.reason },
          {
            key: "disposition",
            title: "处理",
            render: (row) => (
              <StatusTag tone={row.disposition === "refused" ? "bad" : "warn"}>
                {row.disposition === "refused" ? t("拒收") : t("隔离")}
              </StatusTag>
            ),
          },
        ]}
      />
    </Page>
  );
}
