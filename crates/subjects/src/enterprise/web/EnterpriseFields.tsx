import { useRegions } from "@kit/regions";
import { Form, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";

export interface EnterpriseForm {
  name?: string;
  uscc?: string;
  region?: string;
  industry?: string;
  gbt4754?: string;
  employees?: number;
  tags?: string[];
  sectors?: string[];
  address?: string;
  lon?: number;
  lat?: number;
  contact_name?: string;
  contact_phone?: string;
}

/** What the register holds of an enterprise; the check digit of the code is judged by the server. */
export function EnterpriseFields() {
  const { t } = useTranslation();
  const regions = useRegions();
  const required = (label: string) => [{ required: true, message: `${t("请填写")}${t(label)}` }];
  return (
    <>
      <div className="cards two">
        <Form.Item name="name" label={t("企业名称")} rules={required("企业名称")} extra={t("与营业执照一致")}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="uscc"
          label={t("统一社会信用代码")}
          rules={[...required("统一社会信用代码"), { len: 18, message: t("统一社会信用代码是 18 位") }]}
          normalize={(value: string) => value.trim().toUpperCase()}
        >
          <Input maxLength={18} className="mono" />
        </Form.Item>
        <Form.Item name="region" label={t("所在乡镇（街道、园区）")} rules={required("所在区域")}>
          {regions.length > 0 ? (
            <Select showSearch={{ optionFilterProp: "label" }} options={regions} />
          ) : (
            <Input inputMode="numeric" />
          )}
        </Form.Item>
        <Form.Item name="sectors" label={t("行业主管领域")}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
      </div>
      <OwnFields />
    </>
  );
}

/** What an enterprise may change by itself. */
export function OwnFields() {
  const { t } = useTranslation();
  return (
    <>
      <div className="cards two">
        <Form.Item name="industry" label={t("行业")}>
          <Input maxLength={50} />
        </Form.Item>
        <Form.Item
          name="gbt4754"
          label={t("国民经济行业代码（GB/T 4754-2017）")}
          rules={[{ pattern: /^[A-Ta-t]?\d{2,4}$/, message: t("行业代码是 2 到 4 位数字") }]}
        >
          <Input maxLength={5} />
        </Form.Item>
        <Form.Item name="employees" label={t("从业人数")}>
          <InputNumber min={0} max={1000000} precision={0} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="tags" label={t("标签")}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
      </div>
      <Form.Item name="address" label={t("地址")}>
        <Input maxLength={200} />
      </Form.Item>
      <div className="cards two">
        <Form.Item name="contact_name" label={t("联系人")}>
          <Input maxLength={30} autoComplete="off" />
        </Form.Item>
        <Form.Item name="contact_phone" label={t("联系电话")}>
          <Input maxLength={20} inputMode="tel" autoComplete="off" />
        </Form.Item>
        <Form.Item name="lon" label={t("经度（CGCS2000）")}>
          <InputNumber min={73} max={136} step={0.0001} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="lat" label={t("纬度（CGCS2000）")}>
          <InputNumber min={3} max={54} step={0.0001} style={{ width: "100%" }} />
        </Form.Item>
      </div>
    </>
  );
}
