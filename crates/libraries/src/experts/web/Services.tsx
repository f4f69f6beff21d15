import { Page } from "@kit/Page";
import { useTranslation } from "react-i18next";
import { ServiceTable } from "./ServiceTable";
import { SERVICE_STATES } from "./words";

/** All services within the caller's scope. */
export default function Services() {
  const { t } = useTranslation();
  return (
    <Page title={t("服务记录")} note={t("由扫码入企、检查项、隐患和离开自动形成，企业确认后生效。")}>
      <ServiceTable
        name="services"
        filters={[
          {
            key: "state",
            label: "状态",
            options: Object.entries(SERVICE_STATES).map(([value, [, label]]) => ({ value, label })),
          },
          { key: "enterprise", label: "企业", type: "enterprise" },
          { key: "org", label: "机构", type: "org" },
        ]}
        empty={t("还没有服务记录。派定专家入企后，这里会自动出现。")}
      />
    </Page>
  );
}
