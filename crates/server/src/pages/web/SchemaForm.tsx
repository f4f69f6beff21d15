import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Checkbox, Form, Input, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type FieldSchema, fieldsOf, kindOf, type Word } from "./schema";

type Words = Record<string, Word[]>;

/** The fields of a rule as a form, drawn from the schema by which the server checks them. */
export function SchemaFields({ schema, words }: { schema: FieldSchema; words: Words }) {
  const all = fieldsOf(schema);
  const common = all.filter(([key]) => key === "on" || key === "region");
  const own = all.filter(([key]) => key !== "on" && key !== "region");
  const draw = ([key, field]: [string, FieldSchema]) => (
    <SchemaField key={key} name={[key]} path={key} field={field} words={words} required={isRequired(schema, key)} />
  );
  return (
    <>
      <div className="calc-fields">{own.map(draw)}</div>
      <div className="calc-fields">{common.map(draw)}</div>
    </>
  );
}

function isRequired(schema: FieldSchema, key: string): boolean {
  return schema.required?.includes(key) ?? false;
}

interface FieldProps {
  name: (string | number)[];
  /** Key of the words offered, such as `substances.name`. */
  path: string;
  field: FieldSchema;
  words: Words;
  required: boolean;
}

function SchemaField({ name, path, field, words, required }: FieldProps) {
  const { t } = useTranslation();
  const kind = kindOf(field);
  const label = t(field.title ?? path);
  if (kind === "list") return <Rows name={name} path={path} field={field} words={words} label={label} />;
  if (kind === "flag") {
    return (
      <Form.Item name={name} valuePropName="checked" className="calc-flag">
        <Checkbox>{label}</Checkbox>
      </Form.Item>
    );
  }
  const rules = required ? [{ required: true, message: `${t("请填写")}${label}` }] : [];
  return (
    <Form.Item
      name={name}
      label={label}
      rules={rules}
      extra={hint(path, t)}
      className={kind === "texts" ? "wide" : undefined}
    >
      {control(field, words[path], t)}
    </Form.Item>
  );
}

function hint(path: string, t: (text: string) => string): string | undefined {
  if (path === "on") return t("不填则按最新版本");
  if (path === "region") return t("填写后优先采用地方规定，如 3701");
  return undefined;
}

/** The control for one value. Numbers stay text, so that nothing is lost before the server reads them. */
function control(field: FieldSchema, words: Word[] | undefined, t: (text: string) => string): ReactNode {
  const options = words?.map((word) => ({
    value: word.value,
    label: word.label ? `${word.value}　${word.label}` : word.value,
  }));
  const search = { optionFilterProp: "label" };
  switch (kindOf(field)) {
    case "texts":
      return options ? (
        <Select mode="multiple" showSearch={search} options={options} placeholder={t("可多选，输入文字查找")} />
      ) : (
        <Select mode="tags" open={false} suffixIcon={null} placeholder={t("输入后按回车，可填多个")} />
      );
    case "choice":
      return (
        <Select
          allowClear
          options={(field.enum ?? []).filter(Boolean).map((word) => ({ value: word, label: t(String(word)) }))}
        />
      );
    case "date":
      return <Input type="date" />;
    case "moment":
      return <Input placeholder="2026-03-01T09:30:00" />;
    case "number":
      return options ? (
        <Select allowClear showSearch={search} options={options} />
      ) : (
        <Input inputMode="decimal" suffix={field["x-unit"] ? t(field["x-unit"]) : undefined} autoComplete="off" />
      );
    default:
      return options ? <AutoComplete allowClear options={options} showSearch={{ filterOption: holds }} /> : <Input />;
  }
}

function holds(typed: string, option?: { label?: ReactNode }): boolean {
  return String(option?.label ?? "").includes(typed.trim());
}

/** A list of objects, one block each. */
function Rows({ name, path, field, words, label }: Omit<FieldProps, "required"> & { label: string }) {
  const { t } = useTranslation();
  return (
    <div className="wide">
      <Form.List name={name}>
        {(rows, { add, remove }, { errors }) => (
          <fieldset className="rows">
            <legend>{label}</legend>
            {rows.map((row) => (
              <div className="calc-row" key={row.key}>
                <div className="calc-fields">
                  {fieldsOf(field.items).map(([key, inner]) => (
                    <SchemaField
                      key={key}
                      name={[row.name, key]}
                      path={`${path}.${key}`}
                      field={inner}
                      words={words}
                      required={isRequired(field.items ?? {}, key)}
                    />
                  ))}
                </div>
                <Button
                  type="link"
                  danger
                  size="small"
                  icon={<DeleteOutlined />}
                  className="no-print"
                  onClick={() => remove(row.name)}
                >
                  {t("删除这一项")}
                </Button>
              </div>
            ))}
            <Button icon={<PlusOutlined />} className="no-print" onClick={() => add({})}>
              {t("添加一项")}
            </Button>
            <Form.ErrorList errors={errors} />
          </fieldset>
        )}
      </Form.List>
    </div>
  );
}
