import type { ApiError } from "@api/client";
import { client, dataOf } from "@api/client";
import type { Session } from "@api/types";
import { useWrite } from "@api/write";
import { AppLink, useGo, useQuery } from "@kit/nav";
import { ProblemAlert } from "@kit/Problem";
import { Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { safeNext } from "./next";
import { useSignIn } from "./session";

interface Credentials {
  username: string;
  password: string;
  totp?: string;
}

export default function Login() {
  const { t } = useTranslation();
  const go = useGo();
  const { next } = useQuery();
  const { enter } = useSignIn();
  const [second, setSecond] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    document.title = `${t("登录")} - 安澜`;
  }, [t]);
  const login = useWrite<Credentials, Session>(async (body) => dataOf(await client.POST("/session", { body })), {
    done: (session) => {
      enter(session);
      go(safeNext(next), { replace: true });
    },
    failed: (refusal) => {
      const wantsCode = refusal.problem.type.endsWith("totp-required");
      if (wantsCode) setSecond(true);
      setError(wantsCode ? null : refusal);
    },
  });
  return (
    <main className="login">
      <div className="login-box">
        <div className="login-name">
          <img src="/favicon.svg" alt="" width={44} height={44} />
          <div>
            <h1>安澜</h1>
            <p>{t("安全生产信息化管理平台")}</p>
          </div>
        </div>
        <Form<Credentials>
          layout="vertical"
          requiredMark={false}
          onFinish={(values) => login.mutate(values)}
          disabled={login.isPending}
        >
          <Form.Item name="username" label={t("用户名")} rules={[{ required: true, message: t("请填写用户名") }]}>
            <Input autoComplete="username" autoFocus size="large" />
          </Form.Item>
          <Form.Item name="password" label={t("密码")} rules={[{ required: true, message: t("请填写密码") }]}>
            <Input.Password autoComplete="current-password" size="large" />
          </Form.Item>
          {second && (
            <Form.Item
              name="totp"
              label={t("动态口令")}
              extra={t("打开手机上的验证器，填写当前的 6 位数字")}
              rules={[{ required: true, pattern: /^\d{6}$/, message: t("动态口令是 6 位数字") }]}
            >
              <Input autoComplete="one-time-code" inputMode="numeric" maxLength={6} size="large" autoFocus />
            </Form.Item>
          )}
          <div aria-live="assertive">
            <ProblemAlert error={error} />
          </div>
          <Button
            type="primary"
            htmlType="submit"
            size="large"
            block
            loading={login.isPending}
            className="login-button"
          >
            {t("登录")}
          </Button>
        </Form>
        <p className="login-foot">
          <AppLink to="/register">{t("企业自主注册")}</AppLink>
          <AppLink to="/calc">{t("安全生产计算器")}</AppLink>
          <span>{t("忘记密码请联系本单位管理员重置")}</span>
        </p>
      </div>
    </main>
  );
}
