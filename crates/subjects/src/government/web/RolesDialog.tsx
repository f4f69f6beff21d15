import { type ApiError, client } from "@api/client";
import { useGet } from "@api/hooks";
import { useWrite } from "@api/write";
import { dateOnly } from "@kit/format";
import { ProblemAlert } from "@kit/Problem";
import { Button, Form, Input, Modal, Popconfirm, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** The roles of one user: give one, for ever or until a day, or take one back. */
export function RolesDialog({ user: id, close }: { user: string | null; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ role: string; until?: string }>();
  const [error, setError] = useState<ApiError | null>(null);
  const { data: users } = useGet("/users", { query: { id: id ?? "", "page[size]": "100" }, enabled: Boolean(id) });
  const { data: authorisation } = useGet("/authorisation", { enabled: Boolean(id) });
  const user = users?.items.find((each) => each.id === id);
  const grant = useWrite<{ role: string; until?: string }, unknown>(
    ({ role, until }, header) =>
      client.POST("/users/{id}/roles", {
        params: { path: { id: id ?? "" }, header },
        body: { role, until: until ? new Date(`${until}T23:59:59+08:00`).toISOString() : undefined },
      }),
    {
      refresh: ["/users"],
      done: () => {
        form.resetFields();
        setError(null);
      },
      failed: setError,
    },
  );
  const revoke = useWrite<string, unknown>(
    (role, header) => client.DELETE("/users/{id}/roles/{role}", { params: { path: { id: id ?? "", role }, header } }),
    {
      refresh: ["/users"],
      done: () => setError(null),
      failed: setError,
    },
  );
  const held = new Set(user?.roles.map((role) => role.id));
  const choices = (authorisation?.roles ?? []).filter((role) => role.subject === user?.subject && !held.has(role.id));
  return (
    <Modal
      title={user ? `${t("授权")}：${user.person}（${user.username}）` : t("授权")}
      open={Boolean(id)}
      onCancel={close}
      footer={<Button onClick={close}>{t("关闭")}</Button>}
      destroyOnHidden
    >
      <div className="stack">
        {user?.roles.length === 0 && <p className="quiet">{t("还没有角色。")}</p>}
        {user?.roles.map((role) => (
          <div className="card-head" key={role.id}>
            <span>
              {t(role.name)}{" "}
              <span className="quiet">{role.until ? `${t("至")} ${dateOnly(role.until)}` : t("长期")}</span>
            </span>
            <Popconfirm
              title={t("收回后立即生效，该用户会收到通知。")}
              okText={t("收回")}
              cancelText={t("取消")}
              onConfirm={() => revoke.mutate(role.id)}
            >
              <Button size="small" danger>
                {t("收回")}
              </Button>
            </Popconfirm>
          </div>
        ))}
        <Form form={form} layout="vertical" onFinish={(values) => grant.mutate(values)}>
          <Form.Item name="role" label={t("授予角色")} rules={[{ required: true, message: t("请选择角色") }]}>
            <Select options={choices.map((role) => ({ value: role.id, label: t(role.name) }))} />
          </Form.Item>
          <Form.Item name="until" label={t("有效期至（不填为长期）")}>
            <Input type="date" />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={grant.isPending}>
            {t("授予")}
          </Button>
        </Form>
        <ProblemAlert error={error} />
      </div>
    </Modal>
  );
}
