import { useGet } from "@api/hooks";
import { PlainTable } from "@kit/DetailPage";
import { dateOnly } from "@kit/format";
import { Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { useTranslation } from "react-i18next";
import { FIELDS } from "./consentWords";

/** P-05: who can see this enterprise, and which rule or event lets them. */
export function WhoMaySee({ enterprise }: { enterprise: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useGet("/authorisation/who", { query: { enterprise }, live: ["consent."] });
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  return (
    <div className="stack">
      <Panel title={t("监管部门")}>
        <PlainTable
          head={[t("机构"), t("区域"), t("启用账号"), t("依据")]}
          empty={t("没有监管部门管辖这家企业所在的区域。")}
          rows={(data?.government ?? []).map((each) => ({
            key: each.org,
            cells: [each.org_name, each.region_name, each.users, each.why],
          }))}
        />
      </Panel>
      <Panel title={t("被授权的其他单位")}>
        <PlainTable
          head={[t("机构"), t("内容"), t("用途"), t("期限"), t("依据")]}
          empty={t("没有其他单位可以查看这家企业。")}
          rows={(data?.grants ?? []).map((each) => ({
            key: each.org + each.because + each.fields.join() + (each.object ?? ""),
            cells: [
              each.org_name,
              each.fields.map((field) => t(FIELDS[field] ?? field)).join("、"),
              each.purpose,
              `${dateOnly(each.from)} ${t("至")} ${each.to ? dateOnly(each.to) : t("直到撤回")}`,
              each.cause,
            ],
          }))}
        />
      </Panel>
    </div>
  );
}
