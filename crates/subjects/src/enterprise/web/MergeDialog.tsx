import { client } from "@api/client";
import type { DuplicateGroup, EnterpriseRow } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { OpinionField } from "@kit/OpinionField";
import { Form, Radio } from "antd";
import { useTranslation } from "react-i18next";

const FIELDS = [
  ["name", "企业名称"],
  ["uscc", "统一社会信用代码"],
  ["region", "区域"],
  ["industry", "行业"],
  ["employees", "从业人数"],
] as const;

type Form_ = { keep: string; reason: string } & Record<`field_${(typeof FIELDS)[number][0]}`, string>;

/** Which of the records stays, and from which of them each field is taken. */
export function MergeDialog({ group, close }: { group: DuplicateGroup | null; close: () => void }) {
  const { t } = useTranslation();
  const all = group?.enterprises ?? [];
  const first = all[0]?.id ?? "";
  const shown = (row: EnterpriseRow, field: (typeof FIELDS)[number][0]) =>
    String((field === "region" ? row.region_name : row[field]) ?? "") || t("（空）");
  return (
    <FormDialog<Form_, unknown>
      title="合并企业"
      open={Boolean(group)}
      close={close}
      initial={{ keep: first, ...Object.fromEntries(FIELDS.map(([field]) => [`field_${field}`, first])) }}
      refresh={["/enterprises"]}
      send={(body, header) =>
        client.POST("/enterprises/{id}/merge", {
          params: { path: { id: body.keep }, header },
          body: {
            merged: all.map((row) => row.id).filter((id) => id !== body.keep),
            reason: body.reason,
            fields: Object.fromEntries(FIELDS.map(([field]) => [field, body[`field_${field}`]])),
          },
        })
      }
      okText="合并"
      danger
      success="已合并"
      consequence={t("合并后其余档案关闭，其预警、点位和人员归到保留的档案；此操作记入存证日志，不能自动撤销。")}
      width={720}
    >
      <Form.Item name="keep" label={t("保留哪一份档案")} rules={[{ required: true, message: t("请选择") }]}>
        <Radio.Group
          className="stack"
          options={all.map((row) => ({ value: row.id, label: `${row.name}（${row.id}）` }))}
        />
      </Form.Item>
      {FIELDS.map(([field, label]) => (
        <Form.Item
          key={field}
          name={`field_${field}`}
          label={`${t(label)} ${t("取自")}`}
          rules={[{ required: true, message: t("请选择") }]}
        >
          <Radio.Group options={all.map((row) => ({ value: row.id, label: shown(row, field) }))} />
        </Form.Item>
      ))}
      <OpinionField
        name="reason"
        label="合并理由"
        phrases={["同一营业执照重复登记", "企业更名后重复登记", "导入时重复"]}
      />
    </FormDialog>
  );
}
