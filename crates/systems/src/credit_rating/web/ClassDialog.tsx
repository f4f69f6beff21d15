import { client, dataOf } from "@api/client";
import { FormDialog } from "@kit/FormDialog";
import { Form, Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import type { CreditRating } from "./words";

interface ClassForm {
  trade: string;
  hazards: string[];
  scale: string;
  must_insure: boolean;
  department: string;
  risk: string;
}

const TRADES = [
  "矿山",
  "危险化学品",
  "烟花爆竹",
  "交通运输",
  "建筑施工",
  "民用爆炸物品",
  "金属冶炼",
  "渔业生产",
  "其他",
];
const SCALES = { micro: "微型", small: "小型", medium: "中型", large: "大型" };
const RISKS = { red: "红", orange: "橙", yellow: "黄", blue: "蓝" };

/** N1-01: the suggestion is filled in; a person confirms or changes it. */
export function ClassDialog({ rating, open, close }: { rating: CreditRating; open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const choices = (words: Record<string, string>) =>
    Object.entries(words).map(([value, label]) => ({ value, label: t(label) }));
  const { trade, hazards, scale, must_insure, department, risk } = rating.class;
  return (
    <FormDialog<ClassForm, CreditRating>
      title="确认分类"
      open={open}
      close={close}
      initial={{ trade, hazards, scale, must_insure, department, risk }}
      refresh={["/credit-ratings", "/timeline"]}
      success="已确认"
      send={async (body, header) =>
        dataOf(
          await client.POST("/credit-ratings/{enterprise}/class", {
            params: { path: { enterprise: rating.enterprise }, header },
            body: { ...body, revision: rating.class.revision },
          }),
        )
      }
      consequence={t("与系统建议不同的项目会记入存证日志；风险变化会改变全年检查次数。")}
    >
      <Form.Item name="trade" label={t("行业类别")} rules={[{ required: true }]}>
        <Select options={TRADES.map((value) => ({ value, label: t(value) }))} />
      </Form.Item>
      <Form.Item name="hazards" label={t("危险特征")}>
        <Select mode="tags" tokenSeparators={["、", ","]} />
      </Form.Item>
      <Form.Item
        name="scale"
        label={t("规模")}
        rules={[{ required: true }]}
        extra={t("建议只按从业人数，未计营业收入")}
      >
        <Select options={choices(SCALES)} />
      </Form.Item>
      <Form.Item name="must_insure" label={t("应投保安责险")} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="department" label={t("监管部门")} rules={[{ required: true, min: 2 }]}>
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="risk" label={t("风险")} rules={[{ required: true }]}>
        <Select options={choices(RISKS)} />
      </Form.Item>
    </FormDialog>
  );
}
