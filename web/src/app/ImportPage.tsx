import { useGet } from "@api/hooks";
import { ImportWizard } from "@kit/ImportWizard";
import { useParam } from "@kit/nav";
import { Page } from "@kit/Page";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { useTranslation } from "react-i18next";

export default function ImportPage() {
  const { t } = useTranslation();
  const kind = useParam("kind");
  const { data, error, refetch } = useGet("/imports");
  const found = data?.find((each) => each.kind === kind);
  return (
    <Page title={found ? `${t("导入")}${t(found.title)}` : t("导入")}>
      <ProblemAlert error={error} retry={() => void refetch()} />
      {data && !found && <EmptyNext text={t("没有这种导入，或者您的角色不能导入它。")} />}
      {found && <ImportWizard kind={found} />}
    </Page>
  );
}
