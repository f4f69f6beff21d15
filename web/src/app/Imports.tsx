import { API } from "@api/client";
import { useGet } from "@api/hooks";
import { AppLink } from "@kit/nav";
import { Page, Panel } from "@kit/Page";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { useTranslation } from "react-i18next";

export default function Imports() {
  const { t } = useTranslation();
  const { data, error, refetch } = useGet("/imports");
  return (
    <Page title={t("数据导入")} note={t("Excel 或 CSV，先试算后写入，每个字段保留来源和时间")}>
      <ProblemAlert error={error} retry={() => void refetch()} />
      {data?.length === 0 && <EmptyNext text={t("您的角色没有可以导入的数据种类。")} />}
      <div className="cards">
        {data?.map((kind) => (
          <Panel key={kind.kind} title={t(kind.title)}>
            <p className="quiet">
              {kind.columns.length} {t("列")}，{t("必填")}：
              {kind.columns
                .filter((column) => column.required)
                .map((column) => column.title)
                .join("、")}
            </p>
            <p className="row">
              <AppLink to={`/imports/${kind.kind}`}>{t("开始导入")}</AppLink>
              <a href={`${API}/imports/${kind.kind}/template`}>{t("下载模板")}</a>
            </p>
          </Panel>
        ))}
      </div>
    </Page>
  );
}
