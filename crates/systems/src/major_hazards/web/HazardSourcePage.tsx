import { QrcodeOutlined } from "@ant-design/icons";
import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { HazardSource, Tag } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { DetailPage } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { AppLink, useParam, useQuery, useSetQuery } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { QrDialog } from "@kit/QrDialog";
import { tagColumns } from "@kit/tagColumns";
import { StatusTag } from "@kit/tags";
import { Button, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { HazardSourceFields, type HazardSourceForm } from "./HazardSourceFields";
import { Level } from "./HazardSources";
import { LiveTrends } from "./LiveTrends";
import { SourceFile } from "./SourceFile";
import { STATES } from "./words";

type Dialog = "edit" | "qr" | "confirm" | "return";
const TOUCHED = ["/hazard-sources", "/timeline", "/home"];

/** The file of one hazard source: what is in it, who answers for it, and what it is doing now. */
export default function HazardSourcePage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const { tab } = useQuery();
  const setQuery = useSetQuery();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = () => setDialog(null);
  const { data, error, refetch } = useGet("/hazard-sources/{id}", { path: { id }, live: ["hazard_source."] });
  const hidden = data?.hidden.some((each) => each.part === "监测点位");
  return (
    <DetailPage
      title={data?.name}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `hazard-source/${id}` }}
      live={["hazard_source."]}
      note={
        data && (
          <span className="row">
            <Level level={data.level} />
            <StatusTag tone={STATES[data.state]?.[0]}>{t(data.state_name)}</StatusTag>
            <AppLink to={`/enterprises/${data.enterprise}`}>{data.enterprise_name}</AppLink>
          </span>
        )
      }
      extra={
        data && (
          <>
            {data.may_confirm && (
              <Button type="primary" onClick={() => setDialog("confirm")}>
                {t("确认档案")}
              </Button>
            )}
            {data.may_confirm && <Button onClick={() => setDialog("return")}>{t("退回修改")}</Button>}
            {data.may_edit && <Button onClick={() => setDialog("edit")}>{t("修改档案")}</Button>}
            <Button icon={<QrcodeOutlined />} onClick={() => setDialog("qr")}>
              {t("二维码")}
            </Button>
          </>
        )
      }
    >
      {data && (
        <Tabs
          activeKey={tab ?? "file"}
          onChange={(key) => setQuery({ tab: key === "file" ? undefined : key }, { replace: true })}
          items={[
            { key: "file", label: t("档案"), children: <SourceFile source={data} /> },
            ...(hidden
              ? []
              : [
                  {
                    key: "tags",
                    label: `${t("监测点位")}（${data.tags}）`,
                    children: (
                      <CrudTable<Tag>
                        name="source-tags"
                        path="/tags"
                        fixed={{ hazard_source: id }}
                        every={60_000}
                        rowKey={(row) => row.tag}
                        empty={t("这个危险源还没有监测点位，请修改档案或导入点位清单并指定危险源。")}
                        columns={tagColumns(t)}
                      />
                    ),
                  },
                  { key: "live", label: t("实时趋势"), children: <LiveTrends source={id} /> },
                ]),
          ]}
        />
      )}
      {data && <Dialogs source={data} dialog={dialog} close={close} />}
    </DetailPage>
  );
}

function Dialogs({ source, dialog, close }: { source: HazardSource; dialog: Dialog | null; close: () => void }) {
  const { t } = useTranslation();
  const path = { id: source.id };
  return (
    <>
      <FormDialog<HazardSourceForm, HazardSource>
        title="修改档案"
        open={dialog === "edit"}
        close={close}
        initial={formOf(source)}
        refresh={TOUCHED}
        send={async (body, header) =>
          dataOf(await client.PUT("/hazard-sources/{id}", { params: { path, header }, body: { ...body } }))
        }
        consequence={t("级别和 R 值会按新的数量重新计算，由属地应急管理部门重新确认；修改前后的内容记入存证日志。")}
        width={860}
      >
        <HazardSourceFields choose={false} />
      </FormDialog>
      <FormDialog<{ opinion?: string }, HazardSource>
        title="确认档案"
        open={dialog === "confirm"}
        close={close}
        refresh={TOUCHED}
        okText="确认"
        success="已确认"
        send={async (body, header) =>
          dataOf(await client.POST("/hazard-sources/{id}/confirm", { params: { path, header }, body }))
        }
        consequence={t("确认的是当前这一版档案和级别；企业会收到通知。")}
      >
        <OpinionField name="opinion" label="意见" required={false} phrases={["与现场核实情况一致", "计算无误，同意"]} />
      </FormDialog>
      <FormDialog<{ reason: string }, HazardSource>
        title="退回修改"
        open={dialog === "return"}
        close={close}
        refresh={TOUCHED}
        okText="退回"
        success="已退回"
        send={async (body, header) =>
          dataOf(await client.POST("/hazard-sources/{id}/return", { params: { path, header }, body }))
        }
        consequence={t("退回原因会告知企业，企业修改后重新提交确认。")}
      >
        <OpinionField
          name="reason"
          label="退回原因"
          phrases={["化学品数量与现场不符", "缺少三级包保责任人", "单元划分不符合 GB 18218-2018 4.1"]}
        />
      </FormDialog>
      <QrDialog kind="hazard-source" id={source.id} title={source.name} open={dialog === "qr"} close={close} />
    </>
  );
}

function formOf(source: HazardSource): Partial<HazardSourceForm> {
  return {
    enterprise: source.enterprise,
    name: source.name,
    units: source.units.map((unit) => ({
      name: unit.name,
      kind: unit.kind,
      chemicals: unit.chemicals.map(({ name, no, cas, classes, q_t, mixture }) => ({
        name,
        no,
        cas,
        classes,
        q_t,
        mixture,
      })),
      tanks: unit.tanks,
      tags: unit.tags,
    })),
    population_500m: source.population_500m ?? undefined,
    responsible: source.responsible,
    filed_no: source.filed_no ?? undefined,
    filed_on: source.filed_on ?? undefined,
    evaluated_on: source.evaluated_on ?? undefined,
    revision: source.revision,
  };
}
