import { type ApiError, client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { useWrite } from "@api/write";
import { dropDraft, loadDraft, saveDraft } from "@kit/drafts";
import { showProblem } from "@kit/formProblem";
import { AppLink } from "@kit/nav";
import { ProblemAlert } from "@kit/Problem";
import { passwordFault } from "@kit/passwords";
import { Button, Form, Input, Result } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

const DRAFT = "register";

/** An enterprise signs itself up; nothing opens before an officer has accepted it. */
export default function Register() {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    document.title = `${t("企业自主注册")} - 安澜`;
    form.setFieldsValue(loadDraft(DRAFT, Date.now()) ?? {});
  }, [t, form]);
  const register = useWrite<Schema["RegistrationForm"], Schema["FiledState"]>(
    async (body, header) => dataOf(await client.POST("/registrations", { params: { header }, body })),
    {
      done: () => dropDraft(DRAFT),
      failed: (refusal) => setError(showProblem(form, refusal)),
    },
  );
  const text = (
    name: string,
    label: string,
    props: { max?: number; extra?: string; mode?: "tel" | "numeric"; upper?: boolean } = {},
  ) => (
    <Form.Item
      name={name}
      label={t(label)}
      extra={props.extra && t(props.extra)}
      normalize={props.upper ? (value: string) => value.trim().toUpperCase() : undefined}
      rules={[{ required: true, whitespace: true, message: `${t("请填写")}${t(label)}` }]}
    >
      <Input maxLength={props.max ?? 60} inputMode={props.mode} />
    </Form.Item>
  );
  return (
    <main className="login">
      <div className="login-box wide">
        <h1>{t("企业自主注册")}</h1>
        {register.isSuccess ? (
          <Result
            status="success"
            title={t("已提交，等待审核")}
            subTitle={`${t("受理编号")} ${register.data.id}。${t("监管部门审核通过后，即可用填写的用户名登录。")}`}
            extra={<AppLink to="/login">{t("返回登录")}</AppLink>}
          />
        ) : (
          <Form
            form={form}
            layout="vertical"
            scrollToFirstError
            onValuesChange={(_, all) => saveDraft(DRAFT, all, Date.now())}
            onFinish={(values: Schema["RegistrationForm"]) => register.mutate(values)}
          >
            <div className="cards two">
              {text("name", "企业名称", { max: 100, extra: "与营业执照一致" })}
              {text("uscc", "统一社会信用代码", { max: 18, upper: true })}
              {text("region", "所在乡镇（街道）代码", {
                max: 12,
                mode: "numeric",
                extra: "9 位行政区划代码，可向属地应急管理部门查询",
              })}
              {text("industry", "行业")}
              {text("address", "地址", { max: 200 })}
              {text("contact_name", "联系人", { max: 30 })}
              {text("contact_phone", "联系电话", { max: 20, mode: "tel" })}
              {text("username", "用户名", { max: 40 })}
              <Form.Item
                name="password"
                label={t("密码")}
                required
                rules={[
                  ({ getFieldValue }) => ({
                    validator: (_, value: string = "") => {
                      const fault = passwordFault(value, getFieldValue("username"));
                      return fault ? Promise.reject(new Error(t(fault))) : Promise.resolve();
                    },
                  }),
                ]}
              >
                <Input.Password autoComplete="new-password" />
              </Form.Item>
            </div>
            <ProblemAlert error={error} />
            <div className="row login-button">
              <Button type="primary" htmlType="submit" loading={register.isPending}>
                {t("提交注册")}
              </Button>
              <AppLink to="/login">{t("返回登录")}</AppLink>
            </div>
          </Form>
        )}
        <Progress />
      </div>
    </main>
  );
}

const STATES: Record<string, string> = { pending: "待审核", accepted: "已通过", rejected: "已退回" };

/** Whoever has the number of a filing may ask what became of it. */
function Progress() {
  const { t } = useTranslation();
  const [id, setId] = useState("");
  const { data, error } = useGet("/registrations/{id}", { path: { id }, enabled: id !== "" });
  return (
    <section className="stack">
      <h2>{t("查询注册进度")}</h2>
      <Input.Search
        aria-label={t("受理编号")}
        placeholder={t("受理编号")}
        enterButton={t("查询")}
        onSearch={(value) => setId(value.trim())}
      />
      <div aria-live="polite">
        <ProblemAlert error={error} />
        {data && (
          <p>
            {t(STATES[data.state] ?? data.state)}
            {data.reason && `：${data.reason}`}
          </p>
        )}
      </div>
    </section>
  );
}
