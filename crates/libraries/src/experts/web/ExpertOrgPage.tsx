import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { DetailPage, Pairs, PlainTable } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, number } from "@kit/format";
import { AppLink, useParam } from "@kit/nav";
import { Panel } from "@kit/Page";
import { StatusTag } from "@kit/tags";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CertificateDialog } from "./CertificateDialog";
import { choices } from "./words";

/** What an organisation can do: people, qualifications, instruments with their calibration, services. */
export default function ExpertOrgPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const [dialog, setDialog] = useState<"instrument" | "qualification" | null>(null);
  const close = () => setDialog(null);
  const { data, error, refetch } = useGet("/expert-orgs/{id}", {
    path: { id },
    live: ["org.", "instrument.", "expert."],
  });
  const { data: terms } = useGet("/expert-terms");
  return (
    <DetailPage
      title={data?.name}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `org/${id}` }}
      live={["org."]}
      extra={
        data?.may_edit && (
          <>
            <Button type="primary" onClick={() => setDialog("instrument")}>
              {t("登记仪器或检定")}
            </Button>
            <Button onClick={() => setDialog("qualification")}>{t("登记或更新资质")}</Button>
          </>
        )
      }
    >
      {data && (
        <>
          <Panel title={t("概况")}>
            <Pairs
              items={[
                { label: t("区域"), value: data.region_name },
                {
                  label: t("专家"),
                  value: <AppLink to={`/experts?org=${encodeURIComponent(id)}`}>{number(data.experts)}</AppLink>,
                },
                {
                  label: t("可见的服务记录"),
                  value: <AppLink to={`/services?org=${encodeURIComponent(id)}`}>{number(data.services)}</AppLink>,
                },
                {
                  label: t("档案"),
                  value: <AppLink to={`/service-orgs/${encodeURIComponent(id)}`}>{t("机构档案与人员名录")}</AppLink>,
                },
              ]}
            />
          </Panel>
          <Panel title={t("机构资质")}>
            <PlainTable
              head={[t("资质"), t("有效期至"), t("核对来源")]}
              rows={data.qualifications.map((each) => ({
                key: each.id,
                cells: [
                  t(each.kind_name),
                  <span key="to">
                    {dateOnly(each.valid_to)} {each.lapsed && <StatusTag tone="bad">{t("已过期")}</StatusTag>}
                  </span>,
                  each.verified_against ?? "—",
                ],
              }))}
              empty={t("还没有登记机构资质。")}
            />
          </Panel>
          <CrudTable<Schema["Instrument"]>
            name="instruments"
            path="/instruments"
            fixed={{ org: id }}
            live={["instrument."]}
            rowKey={(row) => row.id}
            empty={t("没有可见的仪器。仪器只对本机构和属地监管部门开放。")}
            columns={[
              { key: "kind", title: "仪器", sort: true, render: (row) => t(row.kind_name) },
              { key: "serial", title: "出厂编号", render: (row) => row.serial },
              {
                key: "calibrated_to",
                title: "检定有效期至",
                sort: true,
                render: (row) => (
                  <>
                    {dateOnly(row.calibrated_to)} {row.lapsed && <StatusTag tone="bad">{t("已过期")}</StatusTag>}
                  </>
                ),
              },
            ]}
          />
          <FormDialog<Schema["InstrumentForm"], unknown>
            title="登记仪器或检定"
            open={dialog === "instrument"}
            close={close}
            refresh={["/instruments", "/expert-orgs", "/home", "/tasks"]}
            send={async (body, header) => dataOf(await client.POST("/instruments", { params: { header }, body }))}
            consequence={t("同一种类、同一出厂编号再次登记即为新的检定；到期前 30 日提醒。")}
          >
            <Form.Item name="kind" label={t("仪器")} rules={[{ required: true, message: t("请选择仪器") }]}>
              <Select options={choices(terms?.instruments, t)} />
            </Form.Item>
            <Form.Item name="serial" label={t("出厂编号")} rules={[{ required: true, message: t("请填写出厂编号") }]}>
              <Input maxLength={40} autoComplete="off" />
            </Form.Item>
            <Form.Item
              name="calibrated_to"
              label={t("检定有效期至")}
              rules={[{ required: true, message: t("请填写有效期") }]}
            >
              <Input type="date" />
            </Form.Item>
          </FormDialog>
          <CertificateDialog org={id} kinds={terms?.qualifications} open={dialog === "qualification"} close={close} />
        </>
      )}
    </DetailPage>
  );
}
