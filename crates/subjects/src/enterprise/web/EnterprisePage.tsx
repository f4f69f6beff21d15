import { QrcodeOutlined } from "@ant-design/icons";
import { useGet } from "@api/hooks";
import type { EnterprisePage as Data } from "@api/types";
import { DetailPage } from "@kit/DetailPage";
import { useParam, useQuery, useSetQuery } from "@kit/nav";
import { QrDialog } from "@kit/QrDialog";
import { useMay, useMe } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Consents } from "./Consents";
import { EditDialog } from "./EditDialog";
import { People } from "./People";
import { SectionView } from "./SectionView";
import { Sites } from "./Sites";
import { WhoMaySee } from "./WhoMaySee";

const STATES: Record<string, string> = { active: "在营", pending: "待审核", merged: "已合并", closed: "已注销" };

/** P-02: one page per enterprise, put together by the server from what each part offers. */
export default function EnterprisePage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const { tab } = useQuery();
  const setQuery = useSetQuery();
  const may = useMay();
  const me = useMe();
  const own = me?.subject === "enterprise" && me.org === id;
  const [dialog, setDialog] = useState<"edit" | "qr" | null>(null);
  const { data, error, refetch } = useGet("/enterprises/{id}/page", { path: { id }, live: [""], every: 60_000 });
  return (
    <DetailPage
      title={data?.name}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ enterprise: id }}
      note={data && <Head data={data} />}
      extra={
        data && (
          <>
            <Button icon={<QrcodeOutlined />} onClick={() => setDialog("qr")}>
              {t("二维码")}
            </Button>
            {own && may("enterprise:edit") && (
              <Button type="primary" onClick={() => setDialog("edit")}>
                {t("确认档案")}
              </Button>
            )}
            {!own && may("enterprise:register") && <Button onClick={() => setDialog("edit")}>{t("修改登记")}</Button>}
          </>
        )
      }
    >
      <Tabs
        activeKey={tab ?? "all"}
        onChange={(key) => setQuery({ tab: key === "all" ? undefined : key }, { replace: true })}
        items={[
          {
            key: "all",
            label: t("总览"),
            children: (
              <div className="stack">
                {data?.sections.map((section) => (
                  <SectionView key={section.key} section={section} />
                ))}
              </div>
            ),
          },
          { key: "sites", label: t("场所"), children: <Sites enterprise={id} /> },
          { key: "people", label: t("人员"), children: <People enterprise={id} /> },
          ...(own || me?.subject === "government"
            ? [
                { key: "consents", label: t("对外授权"), children: <Consents enterprise={id} own={own} /> },
                { key: "who", label: t("谁能看到"), children: <WhoMaySee enterprise={id} /> },
              ]
            : []),
        ]}
      />
      <EditDialog id={id} own={own} open={dialog === "edit"} close={() => setDialog(null)} />
      <QrDialog
        kind="enterprise"
        id={id}
        title={data?.name ?? ""}
        open={dialog === "qr"}
        close={() => setDialog(null)}
      />
    </DetailPage>
  );
}

function Head({ data }: { data: Data }) {
  const { t } = useTranslation();
  return (
    <span className="row">
      <span className="mono">{data.uscc}</span>
      <span>{data.region_name}</span>
      <StatusTag tone={data.state === "active" ? "good" : "plain"}>{t(STATES[data.state] ?? data.state)}</StatusTag>
    </span>
  );
}
