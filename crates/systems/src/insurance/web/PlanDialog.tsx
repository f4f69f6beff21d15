import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { useGo } from "@kit/nav";
import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { YuanInput, yuan } from "./shared";

type Plan = Schema["PreventionPlan"];
type PlanForm = Schema["PreventionPlanForm"];

/** The prevention plan of a policy: goals, and lines with kind of service, day, supplier and money. */
export function PlanDialog({
  policy,
  period,
  open,
  close,
}: {
  policy: string;
  period: [string, string];
  open: boolean;
  close: () => void;
}) {
  const { t } = useTranslation();
  const go = useGo();
  const path = { id: policy };
  const { data } = useGet("/insurance-policies/{id}/plan", { path, enabled: open });
  const cap = data?.fee.cap_fen;
  return (
    <FormDialog<PlanForm, Plan>
      title="拟订预防服务方案"
      open={open}
      close={close}
      width={760}
      draft={`prevention-plan-${policy}`}
      initial={{
        goals: "",
        lines: [{ item: "screening", content: "", due_on: period[0], supplier: "", amount_fen: 0 }],
      }}
      refresh={["/insurance-", "/prevention-"]}
      done={(answer) => go(`/prevention-plans/${answer.id}`)}
      send={async (body, header) =>
        dataOf(await client.POST("/insurance-policies/{id}/plan", { params: { path, header }, body }))
      }
      consequence={`${t("企业确认后开始服务，费用据实列支。")}${cap ? `${t("费用上限（元）")}：${yuan(cap)}` : ""}`}
    >
      <Form.Item name="goals" label={t("预期目标与保障措施")} rules={[{ required: true }]}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
      <Form.List name="lines">
        {(lines, { add, remove }) => (
          <>
            {lines.map(({ name, key }) => (
              <fieldset key={key} className="panel">
                <legend>{`${t("服务")} ${name + 1}`}</legend>
                <Form.Item name={[name, "item"]} label={t("服务项目")} rules={[{ required: true }]}>
                  <Select options={data?.items.map((item) => ({ value: item.code, label: item.name }))} />
                </Form.Item>
                <Form.Item name={[name, "content"]} label={t("服务内容")} rules={[{ required: true }]}>
                  <Input maxLength={200} />
                </Form.Item>
                <Form.Item name={[name, "due_on"]} label={t("计划日期")} rules={[{ required: true }]}>
                  <Input type="date" min={period[0]} max={period[1]} />
                </Form.Item>
                <Form.Item name={[name, "supplier"]} label={t("服务机构")} rules={[{ required: true }]}>
                  <Select options={data?.suppliers.map((each) => ({ value: each.id, label: each.name }))} />
                </Form.Item>
                <Form.Item name={[name, "amount_fen"]} label={t("金额")} rules={[{ required: true }]}>
                  <YuanInput />
                </Form.Item>
                {lines.length > 1 && (
                  <Button size="small" onClick={() => remove(name)}>
                    {t("删除这项服务")}
                  </Button>
                )}
              </fieldset>
            ))}
            <Button onClick={() => add({ item: "screening", due_on: period[0] })}>{t("增加一项服务")}</Button>
          </>
        )}
      </Form.List>
    </FormDialog>
  );
}
