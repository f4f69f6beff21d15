import { type ApiError, client } from "@api/client";
import { useWrite } from "@api/write";
import { showProblem } from "@kit/formProblem";
import { ProblemAlert } from "@kit/Problem";
import { passwordFault } from "@kit/passwords";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

interface Passwords {
  old: string;
  new: string;
  again: string;
}

export function PasswordForm({ done }: { done: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Passwords>();
  const [error, setError] = useState<ApiError | null>(null);
  const change = useWrite<Passwords, unknown>(
    (body, header) => client.POST("/session/password", { params: { header }, body: { old: body.old, new: body.new } }),
    { done, failed: (refusal) => setError(showProblem(form, refusal)) },
  );
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className="narrow"
      onFinish={(values) => change.mutate(values)}
    >
      <Form.Item name="old" label={t("原密码")} rules={[{ required: true, message: t("请填写原密码") }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="new"
        label={t("新密码")}
        rules={[
          {
            validator: (_, value: string = "") => {
              const fault = passwordFault(value);
              return fault ? Promise.reject(new Error(t(fault))) : Promise.resolve();
            },
          },
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t("再次填写新密码")}
        dependencies={["new"]}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value === getFieldValue("new")
                ? Promise.resolve()
                : Promise.reject(new Error(t("两次填写的新密码不一致"))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <ProblemAlert error={error} />
      <Button type="primary" htmlType="submit" loading={change.isPending}>
        {t("修改密码")}
      </Button>
    </Form>
  );
}
