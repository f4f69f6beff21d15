import type { Tag } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { AppLink, useGo } from "@kit/nav";
import { Page } from "@kit/Page";
import { useMay } from "@kit/session";
import { tagColumns } from "@kit/tagColumns";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

export default function TagList() {
  const { t } = useTranslation();
  const go = useGo();
  const may = useMay();
  return (
    <Page title={t("监测点位")}>
      <CrudTable<Tag>
        name="tags"
        path="/tags"
        live={["iot.limit", "iot.alarm"]}
        every={60_000}
        rowKey={(row) => row.tag}
        filters={[
          { key: "enterprise", label: "企业", type: "enterprise" },
          { key: "hazard_source", label: "危险源编号" },
          { key: "tag", label: "点位编号" },
        ]}
        empty={t("还没有监测点位。请先登记设备，再导入点位清单。")}
        emptyAction={may("online:import") && <AppLink to="/imports">{t("导入点位清单")}</AppLink>}
        actions={may("online:import") && <Button onClick={() => go("/imports")}>{t("导入")}</Button>}
        columns={[
          {
            key: "enterprise",
            title: "企业",
            render: (row) => (
              <AppLink to={`/enterprises/${row.enterprise}`}>{row.enterprise_name ?? row.enterprise}</AppLink>
            ),
          },
          ...tagColumns(t),
        ]}
      />
    </Page>
  );
}
