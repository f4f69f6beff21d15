import { client, dataOf } from "@api/client";
import type { HazardSource, HazardSourceRow } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { number } from "@kit/format";
import { AppLink, useGo } from "@kit/nav";
import { now } from "@kit/now";
import { Page } from "@kit/Page";
import { useMay, useMe } from "@kit/session";
import { SourceLevel, StatusTag } from "@kit/tags";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { blank, HazardSourceFields, type HazardSourceForm } from "./HazardSourceFields";
import { LEVELS, STATES } from "./words";

/** N9-01: the register of major hazard sources, graded by GB 18218-2018. */
export default function HazardSources() {
  const { t } = useTranslation();
  const go = useGo();
  const me = useMe();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const overdue = (day: string | null | undefined) => Boolean(day) && Date.parse(`${day}T23:59:59+08:00`) < now();
  return (
    <Page title={t("重大危险源")} note={t("按 GB 18218-2018 辨识和分级")}>
      <CrudTable<HazardSourceRow>
        name="hazard-sources"
        path="/hazard-sources"
        live={["hazard_source."]}
        sort="level"
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "名称", placeholder: "名称、企业、化学品" },
          { key: "level", label: "级别", options: LEVELS },
          { key: "region", label: "区域", type: "region" },
          {
            key: "state",
            label: "档案状态",
            options: Object.entries(STATES).map(([value, [, label]]) => ({ value, label })),
          },
          { key: "enterprise", label: "企业", type: "enterprise" },
        ]}
        empty={t("还没有登记重大危险源。按单元登记危险化学品数量后，系统按标准计算是否构成及级别。")}
        actions={
          <>
            {may("major_hazards:register") && (
              <Button type="primary" onClick={() => setAdding(true)}>
                {t("登记危险源")}
              </Button>
            )}
            {may("major_hazards:import") && <Button onClick={() => go("/imports/hazard-sources")}>{t("导入")}</Button>}
          </>
        }
        columns={[
          { key: "level", title: "级别", sort: true, render: (row) => <Level level={row.level} /> },
          {
            key: "name",
            title: "名称",
            sort: true,
            render: (row) => (
              <>
                <AppLink to={`/hazard-sources/${row.id}`}>{row.name}</AppLink>
                <div className="quiet">{row.chemicals}</div>
              </>
            ),
          },
          {
            key: "enterprise",
            title: "企业",
            render: (row) => <AppLink to={`/enterprises/${row.enterprise}`}>{row.enterprise_name}</AppLink>,
          },
          { key: "s", title: "S 值", align: "right", wide: true, render: (row) => number(row.s) },
          { key: "r", title: "R 值", sort: true, align: "right", render: (row) => number(row.r) },
          {
            key: "tags",
            title: "监测点位",
            align: "right",
            render: (row) => <AppLink to={`/tags?hazard_source=${row.id}`}>{number(row.tags)}</AppLink>,
          },
          {
            key: "state",
            title: "档案状态",
            render: (row) => <StatusTag tone={STATES[row.state]?.[0]}>{t(row.state_name)}</StatusTag>,
          },
          {
            key: "evaluation_due",
            title: "评估到期",
            wide: true,
            render: (row) => (
              <span className={overdue(row.evaluation_due) ? "bad" : ""}>{row.evaluation_due ?? "—"}</span>
            ),
          },
          { key: "filed_no", title: "备案编号", hidden: true, render: (row) => row.filed_no ?? "—" },
        ]}
      />
      <FormDialog<HazardSourceForm, HazardSource>
        title="登记危险源"
        open={adding}
        close={() => setAdding(false)}
        draft="hazard-source"
        initial={{ ...blank, enterprise: me?.subject === "enterprise" ? me.org : undefined }}
        refresh={["/hazard-sources"]}
        done={(answer) => go(`/hazard-sources/${answer.id}`)}
        send={async (body, header) =>
          dataOf(await client.POST("/hazard-sources", { params: { header }, body: { ...body } }))
        }
        consequence={t("级别和 R 值由系统按 GB 18218-2018 计算，不需要填写；属地应急管理部门会收到通知。")}
        width={860}
      >
        <HazardSourceFields choose={me?.subject !== "enterprise"} />
      </FormDialog>
    </Page>
  );
}

/** A file may show that there is no major hazard at all. */
export function Level({ level }: { level: string | null | undefined }) {
  const { t } = useTranslation();
  return level ? <SourceLevel level={level} /> : <span className="quiet">{t("不构成")}</span>;
}
