import { OpinionField } from "@kit/OpinionField";
import { Form, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { LIMITS, orderFault } from "./limits";

export function LimitFields({ unit }: { unit: string }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="cards two">
        {LIMITS.map(([key, label]) => (
          <Form.Item
            key={key}
            name={key}
            label={`${t(label)}（${unit}）`}
            dependencies={LIMITS.map(([other]) => other).filter((other) => other !== key)}
            rules={[
              ({ getFieldsValue }) => ({
                validator: () => {
                  const fault =
                    key === "hh" || key === "h" ? orderFault(getFieldsValue(LIMITS.map(([each]) => each))) : null;
                  return fault?.startsWith(label) ? Promise.reject(new Error(t(fault))) : Promise.resolve();
                },
              }),
            ]}
          >
            <InputNumber style={{ width: "100%" }} placeholder={t("不设")} />
          </Form.Item>
        ))}
        <Form.Item
          name="dead_band"
          label={`${t("回差")}（${unit}）`}
          rules={[{ required: true, message: t("请填写回差") }]}
        >
          <InputNumber min={0} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item
          name="on_delay_s"
          label={t("报警延时（秒）")}
          rules={[{ required: true, message: t("请填写报警延时") }]}
        >
          <InputNumber min={0} precision={0} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item
          name="off_delay_s"
          label={t("恢复延时（秒）")}
          rules={[{ required: true, message: t("请填写恢复延时") }]}
        >
          <InputNumber min={0} precision={0} style={{ width: "100%" }} />
        </Form.Item>
      </div>
      <OpinionField
        name="reason"
        label="修改理由"
        min={5}
        phrases={["按最近一次 HAZOP 分析建议调整", "更换仪表后按量程调整", "减少正常波动引起的误报，已评估风险"]}
      />
    </>
  );
}
