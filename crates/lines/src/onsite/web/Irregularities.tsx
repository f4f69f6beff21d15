import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { dateTime } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { StatusTag } from "@kit/tags";
import { useTranslation } from "react-i18next";

/** OFF-10: what supervision of enforcement looks at. */
export default function Irregularities() {
  const { t } = useTranslation();
  return (
    <Page title={t("异常入企")} note={t("没有按规定入企、签字或被投诉的检查服务，由执法监督核实")}>
      <CrudTable<Schema["VisitIrregularity"]>
        name="visit-irregularities"
        path="/visit-irregularities"
        live={["visit.", "check."]}
        rowKey={(row) => `${row.irregularity}/${row.id}`}
        filters={[
          {
            key: "irregularity",
            label: "异常",
            options: [
              { value: "late_scan", label: "离开前补扫" },
              { value: "no_entry", label: "已告知未扫码入企" },
              { value: "over_cap", label: "超过年度上限" },
              { value: "no_result", label: "离开后未按时签字" },
              { value: "single_person", label: "单人执法" },
              { value: "complaint", label: "企业投诉" },
            ],
          },
          { key: "region", label: "区域", type: "region" },
          { key: "enterprise", label: "企业", type: "enterprise" },
        ]}
        empty={t("没有异常入企。离开前补扫、未扫码、超上限、未按时签字、单人执法和投诉会列在这里。")}
        columns={[
          {
            key: "irregularity",
            title: "异常",
            render: (row) => <StatusTag tone="warn">{t(row.irregularity_name)}</StatusTag>,
          },
          { key: "number", title: "编号", render: (row) => <AppLink to={`/visits/${row.id}`}>{row.number}</AppLink> },
          {
            key: "enterprise",
            title: "企业",
            render: (row) => <AppLink to={`/enterprises/${row.enterprise}`}>{row.enterprise_name}</AppLink>,
          },
          { key: "why", title: "说明", render: (row) => row.why },
          { key: "people", title: "人员", wide: true, render: (row) => row.people || "—" },
          { key: "org_name", title: "派出单位", wide: true, render: (row) => row.org_name ?? "—" },
          { key: "entered_at", title: "入企时间", wide: true, render: (row) => dateTime(row.entered_at) },
        ]}
      />
    </Page>
  );
}
