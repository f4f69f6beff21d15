import { client, dataOf } from "@api/client";
import type { Device, Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateTime, number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { Page } from "@kit/Page";
import { Picker } from "@kit/Picker";
import { SecretOnce } from "@kit/SecretOnce";
import { useMay, useMe } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

export default function Devices() {
  const { t } = useTranslation();
  const me = useMe();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<Schema["Credentials"] | null>(null);
  const [revoking, setRevoking] = useState<Device | null>(null);
  return (
    <Page title={t("设备接入")} note={t("一台设备一个密钥，只能发布到自己的主题")}>
      <CrudTable<Device>
        name="devices"
        path="/devices"
        live={["iot.device"]}
        every={60_000}
        rowKey={(row) => row.id}
        filters={[
          { key: "enterprise", label: "企业", type: "enterprise" },
          {
            key: "state",
            label: "状态",
            options: [
              { value: "active", label: "启用" },
              { value: "revoked", label: "已吊销" },
            ],
          },
        ]}
        empty={t("还没有设备。登记设备后得到接入用户名和密钥，配置到网关即可上报数据。")}
        actions={
          may("online:onboard") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("登记设备")}
            </Button>
          )
        }
        columns={[
          { key: "id", title: "设备编号", sort: true, render: (row) => <span className="mono">{row.id}</span> },
          { key: "name", title: "名称", sort: true, render: (row) => row.name },
          {
            key: "enterprise",
            title: "企业",
            render: (row) => (
              <AppLink to={`/enterprises/${row.enterprise}`}>{row.enterprise_name ?? row.enterprise}</AppLink>
            ),
          },
          { key: "tags", title: "点位", align: "right", render: (row) => number(row.tags) },
          {
            key: "online",
            title: "连接",
            render: (row) => (
              <StatusTag tone={row.online ? "good" : "warn"}>{row.online ? t("在线") : t("离线")}</StatusTag>
            ),
          },
          {
            key: "calibration_valid_to",
            title: "校准有效期至",
            wide: true,
            render: (row) => row.calibration_valid_to ?? "—",
          },
          { key: "model", title: "型号", hidden: true, render: (row) => row.model ?? "—" },
          { key: "last_seen", title: "最近上报", render: (row) => dateTime(row.last_seen) },
          { key: "state", title: "状态", render: (row) => (row.state === "active" ? t("启用") : t("已吊销")) },
          {
            key: "act",
            title: "操作",
            render: (row) =>
              row.state === "active" &&
              may("online:onboard") && (
                <Button type="link" size="small" danger onClick={() => setRevoking(row)}>
                  {t("吊销")}
                </Button>
              ),
          },
        ]}
      />
      <FormDialog<Schema["NewDevice"], Schema["Credentials"]>
        title="登记设备"
        open={adding}
        close={() => setAdding(false)}
        initial={me?.subject === "enterprise" ? { enterprise: me.org } : {}}
        refresh={["/devices"]}
        success="设备已登记"
        done={setMade}
        send={async (body, header) => dataOf(await client.POST("/devices", { params: { header }, body }))}
      >
        <Form.Item
          name="id"
          label={t("设备编号")}
          rules={[{ required: true, pattern: /^[A-Za-z0-9_-]{3,64}$/, message: t("3 到 64 位字母、数字、连字符") }]}
        >
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, message: t("请填写名称") }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="model" label={t("型号")}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="calibration_valid_to" label={t("校准有效期至")}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="enterprise" label={t("企业")} rules={[{ required: true, message: t("请选择企业") }]}>
          <Picker of="enterprise" disabled={me?.subject === "enterprise"} />
        </Form.Item>
      </FormDialog>
      <SecretOnce
        title="设备接入密钥"
        open={Boolean(made)}
        close={() => setMade(null)}
        items={[
          ["客户端编号", made?.client_id ?? ""],
          ["用户名", made?.username ?? ""],
          ["密钥", made?.password ?? ""],
          ["上报主题", `anlan/v1/${made?.id}/telemetry`],
        ]}
      />
      <FormDialog<{ reason: string }, unknown>
        title="吊销设备"
        open={Boolean(revoking)}
        close={() => setRevoking(null)}
        refresh={["/devices"]}
        send={(body, header) =>
          client.POST("/devices/{id}/revoke", { params: { path: { id: revoking?.id ?? "" }, header }, body })
        }
        okText="吊销"
        danger
        success="已吊销"
        consequence={t("吊销后设备立即断开，其密钥不再有效；已存数据不受影响。")}
      >
        <p>
          <strong>{revoking?.id}</strong> {revoking?.name}
        </p>
        <OpinionField name="reason" label="吊销原因" phrases={["设备更换", "密钥可能泄露", "企业停产"]} />
      </FormDialog>
    </Page>
  );
}
