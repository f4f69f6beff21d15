import { type ApiError, client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import { showProblem } from "@kit/formProblem";
import { AppLink, useParam, useQuery, useSetQuery } from "@kit/nav";
import { Page, Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { usePrefs } from "@kit/prefs";
import { useMutation } from "@tanstack/react-query";
import { App, Button, Form, Skeleton } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Answer, Reference } from "./Answer";
import { BatchPanel } from "./BatchPanel";
import { Frame } from "./Frame";
import { SchemaFields } from "./SchemaForm";
import { clean, fromQuery, type Inputs, type RuleAbout, toQuery } from "./schema";

/** One rule: its form, its formula, and the answer with the clause it stands on. */
export default function Calculator() {
  const rule = useParam("rule");
  const { t } = useTranslation();
  const { data, error, isPending, refetch } = useGet("/calc/{rule}", { path: { rule } });
  return (
    <Frame>
      <p className="no-print">
        <AppLink to="/calc">{t("全部计算器")}</AppLink>
      </p>
      {isPending && <Skeleton active />}
      <ProblemAlert error={error} retry={() => void refetch()} />
      {data && <Rule key={rule} about={data as unknown as RuleAbout} />}
    </Frame>
  );
}

function Rule({ about }: { about: RuleAbout }) {
  const { t } = useTranslation();
  const { lang } = usePrefs();
  const { message } = App.useApp();
  const [form] = Form.useForm<Inputs>();
  const query = useQuery();
  const setQuery = useSetQuery();
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const compute = useMutation<Record<string, unknown>, ApiError, Inputs>({
    mutationFn: async (body) =>
      dataOf(
        await client.POST("/calc/{rule}", { params: { path: { rule: about.name } }, body: body as never }),
      ) as unknown as Record<string, unknown>,
    onSuccess: () => setRefusal(null),
    onError: (error) => setRefusal(showProblem(form, error)),
  });
  const run = (inputs: Inputs) => compute.mutate((clean(inputs) as Inputs | undefined) ?? {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link is read once, when the page opens
  useEffect(() => {
    const linked = fromQuery(query, about.input);
    const start = Object.keys(linked).length > 0 ? linked : about.example;
    form.setFieldsValue(start);
    run(start);
  }, []);
  const submit = (inputs: Inputs) => {
    const known = Object.keys(about.input.properties ?? {}).map((key) => [key, undefined]);
    setQuery({ ...Object.fromEntries(known), ...toQuery(inputs) }, { replace: true });
    run(inputs);
  };
  const copy = async () => {
    submit(form.getFieldsValue(true));
    // Over plain HTTP a browser has no clipboard; the address bar holds the same link.
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    message.success(navigator.clipboard ? t("链接已复制") : t("链接就是地址栏中的地址"));
  };
  const title = lang === "en" ? about.title_en : about.title;
  return (
    <Page
      title={title}
      note={`${about.rule.standard} ${about.rule.clause}`}
      extra={
        <div className="row no-print">
          <Button onClick={() => void copy()}>{t("复制链接")}</Button>
          <Button onClick={() => window.print()}>{t("打印")}</Button>
        </div>
      }
    >
      <p className="calc-formula">{about.formula}</p>
      <div className="calc">
        <Panel title={t("输入")}>
          <Form form={form} layout="vertical" scrollToFirstError onFinish={submit}>
            <SchemaFields schema={about.input} words={about.words} />
            <div className="row no-print">
              <Button type="primary" htmlType="submit" loading={compute.isPending}>
                {t("计算")}
              </Button>
              <Button
                onClick={() => {
                  form.resetFields();
                  form.setFieldsValue(about.example);
                  submit(about.example);
                }}
              >
                {t("填入示例")}
              </Button>
              <Button
                onClick={() => {
                  form.resetFields();
                  compute.reset();
                  setRefusal(null);
                }}
              >
                {t("清空")}
              </Button>
            </div>
          </Form>
        </Panel>
        <Panel title={t("结果")}>
          <div aria-live="polite">
            <ProblemAlert error={refusal} />
            {compute.isError && !refusal && <p>{t("请改正标出的字段后再计算。")}</p>}
            {compute.data && !compute.isError && <Answer schema={about.output} answer={compute.data} />}
            {!compute.data && !compute.isError && !compute.isPending && <Reference rule={about.rule} />}
          </div>
        </Panel>
      </div>
      {about.batch && <BatchPanel rule={about.name} />}
    </Page>
  );
}
