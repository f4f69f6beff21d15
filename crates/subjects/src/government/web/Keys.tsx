import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Key, Schema } from "@api/types";
import { useWrite } from "@api/write";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, dateTime } from "@kit/format";
import { Page } from "@kit/Page";
import { Picker } from "@kit/Picker";
import { SecretOnce } from "@kit/SecretOnce";
import { useMe } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { App, Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const STATES: Record<string, ["good" | "plain" | "warn", string]> = {
  active: ["good", "有效"],
  revoked: ["plain", "已吊销"],
  expired: ["warn", "已过期"],
};

/** Keys of other systems: what they may do, for whom, until when. */
export default function Keys() {
  const { t } = useTranslation();
  const me = useMe();
  const { modal, message } = App.useApp();
  const [adding, setAdding] = useState(false);
  const { data: scopes } = useGet("/keys/scopes");
  const scopeName = (scope: string) => {
    const found = scopes?.find((each) => each.scope === scope);
    return found ? `${t(found.part_name)}·${t(found.action_name)}` : scope;
  };
  const [secret, setSecret] = useState<string | null>(null);
  const revoke = useWrite<string, unknown>(
    (id, header) => client.POST("/keys/{id}/revoke", { params: { path: { id }, header }, body: {} }),
    {
      refresh: ["/keys"],
      done: () => message.success(t("已吊销")),
      failed: (error) => message.error(error.problem.detail ?? error.problem.title),
    },
  );
  return (
    <Page title={t("接口密钥")} note={t("供其他系统调用接口使用，与个人账号分开")}>
      <CrudTable<Key>
        name="keys"
        path="/keys"
        rowKey={(row) => row.id}
        empty={t("还没有接口密钥。其他系统需要上报或读取数据时，在这里为它单独建一个。")}
        actions={
          <Button type="primary" onClick={() => setAdding(true)}>
            {t("新建密钥")}
          </Button>
        }
        columns={[
          { key: "name", title: "名称", sort: true, render: (row) => row.name },
          { key: "org", title: "机构", render: (row) => row.org_name },
          {
            key: "scopes",
            title: "权限",
            render: (row) => row.scopes.map(scopeName).join("、"),
          },
          { key: "until", title: "有效期至", render: (row) => (row.until ? dateOnly(row.until) : t("长期")) },
          { key: "last_used", title: "最近使用", render: (row) => dateTime(row.last_used) },
          {
            key: "state",
            title: "状态",
            render: (row) => (
              <StatusTag tone={STATES[row.state]?.[0]}>{t(STATES[row.state]?.[1] ?? row.state)}</StatusTag>
            ),
          },
          {
            key: "act",
            title: "操作",
            render: (row) =>
              row.state === "active" && (
                <Button
                  type="link"
                  danger
                  size="small"
                  onClick={() =>
                    modal.confirm({
                      title: `${t("吊销密钥")}：${row.name}`,
                      content: t("吊销后使用它的系统立即不能再访问，且不能恢复。"),
                      okText: t("吊销"),
                      cancelText: t("取消"),
                      okButtonProps: { danger: true },
                      onOk: () => revoke.mutateAsync(row.id).catch(() => {}),
                    })
                  }
                >
                  {t("吊销")}
                </Button>
              ),
          },
        ]}
      />
      <FormDialog<Schema["KeyForm"], { id: string; secret: string }>
        title="新建密钥"
        open={adding}
        close={() => setAdding(false)}
        initial={{ org: me?.org }}
        refresh={["/keys"]}
        success="密钥已建立"
        done={(answer) => setSecret(answer.secret)}
        send={async (body, header) =>
          dataOf(
            await client.POST("/keys", {
              params: { header },
              body: { ...body, until: body.until ? new Date(`${body.until}T23:59:59+08:00`).toISOString() : undefined },
            }),
          )
        }
      >
        <Form.Item
          name="name"
          label={t("名称")}
          extra={t("写明给哪个系统用")}
          rules={[{ required: true, message: t("请填写名称") }]}
        >
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="org" label={t("机构")} rules={[{ required: true, message: t("请选择机构") }]}>
          <Picker of="org" />
        </Form.Item>
        <Form.Item name="scopes" label={t("权限")} rules={[{ required: true, message: t("请选择权限") }]}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: "label" }}
            options={(scopes ?? []).map((each) => ({ value: each.scope, label: scopeName(each.scope) }))}
          />
        </Form.Item>
        <Form.Item name="until" label={t("有效期至（不填为长期）")}>
          <Input type="date" />
        </Form.Item>
      </FormDialog>
      <SecretOnce
        title="接口密钥"
        open={Boolean(secret)}
        close={() => setSecret(null)}
        items={[["密钥", secret ?? ""]]}
      />
    </Page>
  );
}
