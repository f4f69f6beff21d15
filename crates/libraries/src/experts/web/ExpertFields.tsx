import type { Schema } from "@api/types";
import { Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { choices } from "./words";

/** What the library keeps of an expert. */
export function ExpertFields({ terms }: { terms: Schema["ExpertTaxonomy"] | undefined }) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item
        name="skills"
        label={t("专业")}
        rules={[{ required: true, message: t("至少选择一个专业：派单按专业匹配") }]}
      >
        <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={choices(terms?.skills, t)} />
      </Form.Item>
      <Form.Item name="title" label={t("职称或资格")}>
        <Input maxLength={30} />
      </Form.Item>
      <Form.Item name="regions" label={t("服务区域（行政区划代码，不填为不限）")}>
        <Select mode="tags" open={false} suffixIcon={null} />
      </Form.Item>
      <Form.Item name="until" label={t("聘期至（不填为不定期）")}>
        <Input type="date" />
      </Form.Item>
    </>
  );
}
