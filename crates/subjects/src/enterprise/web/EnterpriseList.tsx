import type { EnterpriseRow } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { number } from "@kit/format";
import { AppLink, useGo } from "@kit/nav";
import { Page } from "@kit/Page";
import { useMay } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

const NewEnterprise = lazy(() => import("./NewEnterprise"));
const EnterpriseLook = lazy(() => import("./EnterpriseLook"));

export default function EnterpriseList() {
  const { t } = useTranslation();
  const go = useGo();
  const may = useMay();
  const [look, setLook] = useState<EnterpriseRow | null>(null);
  const [adding, setAdding] = useState(false);
  return (
    <Page title={t("企业")}>
      <CrudTable<EnterpriseRow>
        name="enterprises"
        path="/enterprises"
        live={["ent."]}
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "企业", placeholder: "名称、信用代码" },
          { key: "region", label: "区域", type: "region" },
          {
            key: "has_hazard_source",
            label: "重大危险源",
            options: [
              { value: "true", label: "有" },
              { value: "false", label: "无" },
            ],
          },
          { key: "industry", label: "行业" },
          { key: "tag", label: "标签" },
          {
            key: "status",
            label: "状态",
            options: [
              { value: "active", label: "在册" },
              { value: "merged", label: "已合并" },
            ],
          },
        ]}
        empty={t("辖区内还没有企业。可以登记企业、从 Excel 导入，或请企业自主注册。")}
        emptyAction={may("enterprise:import") && <AppLink to="/imports/enterprises">{t("从 Excel 导入")}</AppLink>}
        actions={
          may("enterprise:register") && (
            <>
              <Button type="primary" onClick={() => setAdding(true)}>
                {t("登记企业")}
              </Button>
              {may("enterprise:import") && <Button onClick={() => go("/imports/enterprises")}>{t("导入")}</Button>}
            </>
          )
        }
        columns={[
          {
            key: "name",
            title: "企业名称",
            sort: true,
            render: (row) => (
              <button type="button" className="cell-link" onClick={() => setLook(row)}>
                {row.name}
              </button>
            ),
          },
          { key: "uscc", title: "信用代码", wide: true, render: (row) => <span className="mono">{row.uscc}</span> },
          { key: "region_name", title: "区域", sort: "region", render: (row) => row.region_name },
          { key: "industry", title: "行业", wide: true, render: (row) => row.industry },
          { key: "gbt4754", title: "行业代码", hidden: true, render: (row) => row.gbt4754 },
          {
            key: "employees",
            title: "从业人数",
            sort: true,
            align: "right",
            wide: true,
            render: (row) => number(row.employees),
          },
          { key: "tags", title: "标签", wide: true, render: (row) => row.tags.join("、") || "—" },
          { key: "status", title: "状态", wide: true, render: (row) => <StatusTag>{t(row.status_name)}</StatusTag> },
        ]}
      />
      {look && (
        <Suspense>
          <EnterpriseLook row={look} close={() => setLook(null)} />
        </Suspense>
      )}
      {adding && (
        <Suspense>
          <NewEnterprise close={() => setAdding(false)} />
        </Suspense>
      )}
    </Page>
  );
}
