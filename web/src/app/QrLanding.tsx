import { AppLink, useParam } from "@kit/nav";
import { Page } from "@kit/Page";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { qrTargets } from "./screens";

/** Where a scanned code leads: to the page of the object, whoever's part that is. */
export default function QrLanding() {
  const { t } = useTranslation();
  const kind = useParam("kind");
  const id = useParam("id");
  const { data, error, isPending } = useQuery({
    queryKey: ["qr", kind, id],
    queryFn: async () => (await qrTargets[kind]?.(id)) ?? null,
  });
  if (data) return <Navigate to={data as "/"} replace />;
  return (
    <Page title={t("扫码查看")}>
      <ProblemAlert error={error} />
      {isPending && <Skeleton active />}
      {data === null && (
        <EmptyNext
          text={t("没有找到二维码对应的对象：可能不属于本系统，或者不在您的可见范围内。")}
          action={<AppLink to="/">{t("回到工作台")}</AppLink>}
        />
      )}
    </Page>
  );
}
