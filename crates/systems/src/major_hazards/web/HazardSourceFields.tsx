import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { Picker } from "@kit/Picker";
import { Button, Form, Input, InputNumber, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export type HazardSourceForm = Schema["NewSource"];

/** A new file opens with one unit and the three posts of 三级包保. */
export const blank: Partial<HazardSourceForm> = {
  units: [{ name: "", kind: "储罐区", chemicals: [{ name: "", q_t: "" }] }],
  responsible: [
    { post: "主要负责人", name: "" },
    { post: "技术负责人", name: "" },
    { post: "操作负责人", name: "" },
  ],
};

const KINDS = ["生产单元", "储罐区", "仓库"];
const POSTS = ["主要负责人", "技术负责人", "操作负责人"];

interface ListProps {
  name: string | (string | number)[];
  label: string;
  add: string;
  fresh?: object;
  className?: string;
  children: (at: number) => ReactNode;
}

/** A short list inside the form: entries that can be added and taken away. */
function Entries({ name, label, add, fresh = {}, className = "rows-one", children }: ListProps) {
  const { t } = useTranslation();
  return (
    <Form.List name={name}>
      {(fields, list) => (
        <fieldset className="rows">
          <legend>{t(label)}</legend>
          {fields.map((field) => (
            <div className={className} key={field.key}>
              {children(field.name)}
              <Button
                icon={<DeleteOutlined />}
                aria-label={`${t("删除")} ${t(label)} ${field.name + 1}`}
                onClick={() => list.remove(field.name)}
              />
            </div>
          ))}
          <Button icon={<PlusOutlined />} onClick={() => list.add(fresh)}>
            {t(add)}
          </Button>
        </fieldset>
      )}
    </Form.List>
  );
}

/** Everything a person fills in; what can be worked out is left to the standard. */
export function HazardSourceFields({ choose }: { choose: boolean }) {
  const { t } = useTranslation();
  const must = (label: string) => [{ required: true, message: `${t("请填写")}${t(label)}` }];
  const text = (at: number, key: string, label: string, needed = true) => (
    <Form.Item name={[at, key]} label={t(label)} rules={needed ? must(label) : []}>
      <Input maxLength={80} />
    </Form.Item>
  );
  return (
    <>
      <Form.Item name="revision" hidden>
        <InputNumber />
      </Form.Item>
      <Form.Item name="enterprise" label={t("企业")} hidden={!choose} rules={choose ? must("企业") : []}>
        <Picker of="enterprise" />
      </Form.Item>
      <Form.Item name="name" label={t("危险源名称")} rules={must("名称")}>
        <Input maxLength={80} />
      </Form.Item>
      <Entries name="units" label="单元" add="增加单元" fresh={blank.units?.[0]} className="rows-block">
        {(at) => <Unit at={at} />}
      </Entries>
      <Form.Item
        name="population_500m"
        label={t("厂区边界外 500 米范围内常住人口（人）")}
        extra={t("构成重大危险源时必填，用于确定暴露人员校正系数 α")}
      >
        <InputNumber min={0} precision={0} style={{ width: "100%" }} />
      </Form.Item>
      <Entries name="responsible" label="三级包保责任人" add="增加责任人">
        {(at) => (
          <>
            <Form.Item name={[at, "post"]} label={t("岗位")} rules={must("岗位")}>
              <Select options={POSTS.map((value) => ({ value, label: t(value) }))} />
            </Form.Item>
            {text(at, "name", "姓名")}
            {text(at, "phone", "电话", false)}
            {text(at, "duty", "职责", false)}
          </>
        )}
      </Entries>
      <div className="cards two">
        <Form.Item name="filed_no" label={t("备案编号")}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="filed_on" label={t("备案日期")}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="evaluated_on" label={t("最近一次安全评估日期")}>
          <Input type="date" />
        </Form.Item>
      </div>
    </>
  );
}

function Unit({ at }: { at: number }) {
  const { t } = useTranslation();
  const must = (label: string) => [{ required: true, message: `${t("请填写")}${t(label)}` }];
  return (
    <div>
      <div className="cards two">
        <Form.Item name={[at, "name"]} label={t("单元名称")} rules={must("单元名称")}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name={[at, "kind"]} label={t("类别")} rules={must("类别")}>
          <Select options={KINDS.map((value) => ({ value, label: t(value) }))} />
        </Form.Item>
      </div>
      <Entries name={[at, "chemicals"]} label="危险化学品" add="增加化学品">
        {(chemical) => (
          <>
            <Form.Item name={[chemical, "name"]} label={t("品名")} rules={must("品名")}>
              <Input maxLength={80} />
            </Form.Item>
            <Form.Item name={[chemical, "q_t"]} label={t("设计最大量（吨）")} rules={must("设计最大量")}>
              <InputNumber min={0} stringMode style={{ width: "100%" }} />
            </Form.Item>
            <Form.Item
              name={[chemical, "classes"]}
              label={t("类别符号")}
              tooltip={t("GB 18218-2018 表 2 的符号；不在表 1 中或需确定 β 时填写，如 W5.3")}
            >
              <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", "、", " "]} />
            </Form.Item>
            <Form.Item name={[chemical, "cas"]} label={t("CAS 号")}>
              <Input maxLength={12} />
            </Form.Item>
          </>
        )}
      </Entries>
      <Entries name={[at, "tanks"]} label="储罐和设备" add="增加储罐或设备" fresh={{ tags: [] }}>
        {(tank) => (
          <>
            <Form.Item name={[tank, "name"]} label={t("编号或名称")} rules={must("编号或名称")}>
              <Input maxLength={80} />
            </Form.Item>
            <Form.Item name={[tank, "tags"]} label={t("监测点位")}>
              <TagsSelect />
            </Form.Item>
          </>
        )}
      </Entries>
      <Form.Item name={[at, "tags"]} label={t("单元内其他监测点位（如气体探测器）")}>
        <TagsSelect />
      </Form.Item>
    </div>
  );
}

/** Tags of the enterprise the form is about. */
function TagsSelect({ value, onChange, id }: { value?: string[]; onChange?: (tags: string[]) => void; id?: string }) {
  const { t } = useTranslation();
  const enterprise = Form.useWatch("enterprise") as string | undefined;
  const { data } = useGet("/tags", { query: { enterprise, "page[size]": "200" }, enabled: Boolean(enterprise) });
  return (
    <Select
      id={id}
      mode="tags"
      value={value}
      onChange={onChange}
      tokenSeparators={[",", "，", "、", ";", "；"]}
      placeholder={t("选择点位，或输入点位编号")}
      showSearch={{ optionFilterProp: "label" }}
      options={(data?.items ?? []).map((tag) => ({ value: tag.tag, label: `${tag.name} ${tag.tag}` }))}
    />
  );
}
