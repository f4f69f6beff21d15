import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema, User } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, dateTime } from "@kit/format";
import { Page } from "@kit/Page";
import { Picker } from "@kit/Picker";
import { useRegions } from "@kit/regions";
import { SecretOnce } from "@kit/SecretOnce";
import { useMay, useMe } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RolesDialog } from "./RolesDialog";
import { UserActions } from "./UserActions";

const STATES: Record<string, ["good" | "plain" | "bad", string]> = {
  active: ["good", "启用"],
  disabled: ["plain", "停用"],
  locked: ["bad", "锁定"],
};

/** Accounts are made by one administrator, roles are given by another, and the third reads what both did. */
export default function Users() {
  const { t } = useTranslation();
  const me = useMe();
  const may = useMay();
  const makes = may("government:manage_accounts");
  const grants = may("government:manage_roles");
  const { data: authorisation } = useGet("/authorisation");
  const regions = useRegions();
  const roleOptions = [
    { value: "none", label: "未授予角色" },
    ...[...new Map((authorisation?.roles ?? []).map((role) => [role.id, role.name]))].map(([value, label]) => ({
      value,
      label,
    })),
  ];
  const [adding, setAdding] = useState(false);
  const [granting, setGranting] = useState<string | null>(null);
  const [secret, setSecret] = useState<[string, string][] | null>(null);
  return (
    <Page title={t("用户")} note={t("三员分立：系统管理员建账号，安全管理员授角色，审计员查记录")}>
      <CrudTable<User>
        name="users"
        path="/users"
        live={["account.", "role."]}
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "用户", placeholder: "姓名、用户名" },
          { key: "org", label: "机构", type: "org" },
          {
            key: "state",
            label: "状态",
            options: Object.entries(STATES).map(([value, [, label]]) => ({ value, label })),
          },
          { key: "role", label: "角色", options: roleOptions },
        ]}
        empty={t("还没有用户。由系统管理员新增账号，再由安全管理员授予角色。")}
        actions={
          makes && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("新增用户")}
            </Button>
          )
        }
        columns={[
          { key: "username", title: "用户名", sort: true, render: (row) => row.username },
          { key: "person", title: "姓名", render: (row) => row.person },
          { key: "org_name", title: "机构", render: (row) => row.org_name },
          {
            key: "roles",
            title: "角色",
            render: (row) => (
              <span className="row">
                {row.roles.length === 0 && <span className="warn">{t("未授予角色")}</span>}
                {row.roles.map((role) => (
                  <StatusTag key={role.id}>
                    {t(role.name)}
                    {role.until && ` ${t("至")} ${dateOnly(role.until)}`}
                  </StatusTag>
                ))}
              </span>
            ),
          },
          {
            key: "totp",
            title: "动态口令",
            render: (row) => (row.totp ? t("已启用") : <span className="quiet">{t("未启用")}</span>),
          },
          { key: "last_access", title: "最近访问", render: (row) => dateTime(row.last_access) },
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
            render: (row) => (
              <span className="row">
                {grants && (
                  <Button size="small" onClick={() => setGranting(row.id)}>
                    {t("授权")}
                  </Button>
                )}
                {makes && (
                  <UserActions
                    user={row}
                    reset={(password) =>
                      setSecret([
                        ["用户名", row.username],
                        ["新密码", password],
                      ])
                    }
                  />
                )}
              </span>
            ),
          },
        ]}
      />
      <FormDialog<Schema["UserForm"], { id: string; password: string }>
        title="新增用户"
        open={adding}
        close={() => setAdding(false)}
        draft="user"
        initial={{ org: me?.org }}
        refresh={["/users"]}
        success="账号已建立，等待安全管理员授予角色"
        done={(answer, body) =>
          answer.password &&
          setSecret([
            ["用户名", body.username],
            ["初始密码", answer.password],
          ])
        }
        send={async (body, header) => dataOf(await client.POST("/users", { params: { header }, body: { ...body } }))}
        consequence={t("新账号没有任何角色；安全管理员授予角色后才能看到数据。首次登录必须修改密码。")}
      >
        <Form.Item name="username" label={t("用户名")} rules={[{ required: true, message: t("请填写用户名") }]}>
          <Input maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.Item name="person" label={t("姓名")} rules={[{ required: true, message: t("请填写姓名") }]}>
          <Input maxLength={30} autoComplete="off" />
        </Form.Item>
        <Form.Item name="org" label={t("机构")} rules={[{ required: true, message: t("请选择机构") }]}>
          <Picker of="org" />
        </Form.Item>
        <Form.Item name="phone" label={t("电话")}>
          <Input maxLength={20} inputMode="tel" autoComplete="off" />
        </Form.Item>
        {me?.subject === "government" && (
          <>
            <Form.Item name="region" label={t("管辖区域（小于机构辖区时填写）")}>
              <Select allowClear showSearch={{ optionFilterProp: "label" }} options={regions} />
            </Form.Item>
            <Form.Item name="sectors" label={t("行业领域（少于机构领域时填写）")}>
              <Select mode="tags" open={false} suffixIcon={null} />
            </Form.Item>
          </>
        )}
      </FormDialog>
      <RolesDialog user={granting} close={() => setGranting(null)} />
      <SecretOnce title="交付给用户的密码" open={Boolean(secret)} close={() => setSecret(null)} items={secret ?? []} />
    </Page>
  );
}
