import { client, dataOf } from "@api/client";
import type { Schema, Site } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { AppLink } from "@kit/nav";
import { Picker } from "@kit/Picker";
import { QrDialog } from "@kit/QrDialog";
import { useRegions } from "@kit/regions";
import { useMay } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** Where the enterprise works; one licence over several places and several licences in one place are marked. */
export function Sites({ enterprise }: { enterprise: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const regions = useRegions();
  const [adding, setAdding] = useState(false);
  const [code, setCode] = useState<Site | null>(null);
  return (
    <>
      <CrudTable<Site>
        name="sites"
        path="/enterprises/{id}/sites"
        params={{ id: enterprise }}
        rowKey={(row) => row.id}
        empty={t("还没有登记场所。有生产、储存或作业地点的，请逐处登记。")}
        actions={
          may("enterprise:edit") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("登记场所")}
            </Button>
          )
        }
        columns={[
          { key: "name", title: "名称", render: (row) => row.name },
          { key: "address", title: "地址", render: (row) => row.address },
          { key: "region_name", title: "区域", render: (row) => row.region_name },
          {
            key: "mismatch",
            title: "证地关系",
            render: (row) => (row.mismatch ? <StatusTag tone="warn">{row.mismatch}</StatusTag> : t("一致")),
          },
          {
            key: "landlord",
            title: "出租方",
            render: (row) =>
              row.landlord_id ? (
                <AppLink to={`/enterprises/${row.landlord_id}`}>{row.landlord_name ?? row.landlord_id}</AppLink>
              ) : (
                "—"
              ),
          },
          {
            key: "tenants",
            title: "承租企业",
            render: (row) =>
              row.tenants.length === 0 ? (
                "—"
              ) : (
                <span className="row">
                  {row.tenants.map((tenant) => (
                    <AppLink key={tenant.id} to={`/enterprises/${tenant.id}`}>
                      {tenant.name}
                    </AppLink>
                  ))}
                </span>
              ),
          },
          {
            key: "qr",
            title: "二维码",
            render: (row) => (
              <Button type="link" size="small" onClick={() => setCode(row)}>
                {t("查看")}
              </Button>
            ),
          },
        ]}
      />
      <QrDialog
        kind="site"
        id={code?.id ?? ""}
        title={code?.name ?? ""}
        open={Boolean(code)}
        close={() => setCode(null)}
      />
      <FormDialog<Schema["SiteForm"], { id: string }>
        title="登记场所"
        open={adding}
        close={() => setAdding(false)}
        draft={`site.${enterprise}`}
        refresh={["/enterprises"]}
        send={async (body, header) =>
          dataOf(await client.POST("/enterprises/{id}/sites", { params: { path: { id: enterprise }, header }, body }))
        }
      >
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, message: t("请填写名称") }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="address" label={t("地址")} rules={[{ required: true, message: t("请填写地址") }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="region" label={t("区域")} rules={[{ required: true, message: t("请选择区域") }]}>
          {regions.length > 0 ? (
            <Select showSearch={{ optionFilterProp: "label" }} options={regions} />
          ) : (
            <Input inputMode="numeric" />
          )}
        </Form.Item>
        <Form.Item name="landlord_id" label={t("出租方（租用厂房时填写）")}>
          <Picker of="enterprise" />
        </Form.Item>
        <Form.Item name="area_m2" label={t("占地面积（平方米）")}>
          <InputNumber min={0} precision={0} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="lon" label={t("经度（CGCS2000）")}>
          <InputNumber min={73} max={136} step={0.0001} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="lat" label={t("纬度（CGCS2000）")}>
          <InputNumber min={3} max={54} step={0.0001} style={{ width: "100%" }} />
        </Form.Item>
      </FormDialog>
    </>
  );
}
