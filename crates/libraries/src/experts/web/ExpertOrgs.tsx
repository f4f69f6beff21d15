import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { useTranslation } from "react-i18next";

/** Service organisations: people, instruments and services done. */
export default function ExpertOrgs() {
  const { t } = useTranslation();
  return (
    <Page title={t("服务机构")}>
      <CrudTable<Schema["ExpertOrgRow"]>
        name="expert-orgs"
        path="/expert-orgs"
        sort="name"
        rowKey={(row) => row.id}
        filters={[{ key: "q", label: "名称" }]}
        empty={t("还没有技术服务机构，请系统管理员在“机构”中登记。")}
        columns={[
          {
            key: "name",
            title: "名称",
            sort: true,
            render: (row) => <AppLink to={`/expert-orgs/${encodeURIComponent(row.id)}`}>{row.name}</AppLink>,
          },
          { key: "experts", title: "专家", align: "right", render: (row) => number(row.experts) },
          { key: "instruments", title: "仪器", align: "right", render: (row) => number(row.instruments) },
          { key: "done", title: "已完成服务", align: "right", render: (row) => number(row.done) },
        ]}
      />
    </Page>
  );
}
