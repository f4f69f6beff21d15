import { type ApiError, client, dataOf } from "@api/client";
import { useWrite } from "@api/write";
import { Page, Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { App, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PasswordForm } from "./PasswordForm";
import { useSession, useSignIn } from "./session";

export default function Account() {
  const { t } = useTranslation();
  const session = useSession();
  const { message } = App.useApp();
  const [round, setRound] = useState(0);
  const facts: [string, string][] = [
    [t("姓名"), session.person],
    [t("用户名"), session.username],
    [t("所在单位"), session.org.name],
    [t("角色"), session.roles.map((role) => t(role.name)).join("、")],
    [t("管辖区域代码"), session.region ?? t("本单位")],
    [t("管辖行业"), session.sectors.length ? session.sectors.join("、") : t("不限")],
  ];
  return (
    <Page title={t("我的账号")}>
      <Panel title={t("基本信息")}>
        <dl className="pairs">
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <Panel title={t("修改密码")}>
        <PasswordForm
          key={round}
          done={() => {
            message.success(t("密码已修改"));
            setRound(round + 1);
          }}
        />
      </Panel>
      <SecondFactor />
    </Page>
  );
}

/** Two steps, so that a code is proven before logins depend on it. */
function SecondFactor() {
  const { t } = useTranslation();
  const session = useSession();
  const { reload } = useSignIn();
  const { message } = App.useApp();
  const [error, setError] = useState<ApiError | null>(null);
  const start = useWrite<void, { otpauth_url: string; secret: string; qr_svg: string }>(
    async (_, header) => dataOf(await client.POST("/session/totp", { params: { header } })),
    { failed: setError },
  );
  const confirm = useWrite<{ code: string }, unknown>(
    (body, header) => client.PUT("/session/totp", { params: { header }, body }),
    {
      done: () => {
        message.success(t("动态口令已启用，下次登录时使用"));
        start.reset();
        void reload();
        setError(null);
      },
      failed: setError,
    },
  );
  return (
    <Panel title={t("动态口令（第二重验证）")}>
      <div className="stack narrow">
        <p className="quiet">
          {t("启用后，登录时除密码外还要填写手机验证器上的 6 位数字。丢失手机时由安全管理员重置。")}
        </p>
        {!start.data && (
          <div>
            <Button onClick={() => start.mutate()} loading={start.isPending}>
              {session.has_totp ? t("重新绑定") : t("启用动态口令")}
            </Button>
          </div>
        )}
        {start.data && (
          <Form layout="vertical" requiredMark={false} onFinish={(values: { code: string }) => confirm.mutate(values)}>
            <Form.Item label={t("用手机验证器扫码，或手动输入以下密钥")}>
              <img
                src={`data:image/svg+xml;utf8,${encodeURIComponent(start.data.qr_svg)}`}
                alt={t("动态口令二维码")}
                width={180}
                height={180}
              />
              <div className="mono">{start.data.secret}</div>
              <a href={start.data.otpauth_url}>{t("在本机验证器中打开")}</a>
            </Form.Item>
            <Form.Item
              name="code"
              label={t("验证器显示的 6 位数字")}
              rules={[{ required: true, pattern: /^\d{6}$/, message: t("动态口令是 6 位数字") }]}
            >
              <Input inputMode="numeric" maxLength={6} autoComplete="one-time-code" />
            </Form.Item>
            <Button type="primary" htmlType="submit" loading={confirm.isPending}>
              {t("确认启用")}
            </Button>
          </Form>
        )}
        <ProblemAlert error={error} />
      </div>
    </Panel>
  );
}
