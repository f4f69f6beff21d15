import { dateTime, number } from "@kit/format";
import catalogue from "../../../crates/standards/data/credit_facts.json";

type Read = (value: unknown) => string;

const plain: Read = (value) => (Array.isArray(value) ? value.join("、") : number(String(value)));
const words: Read = (value) => String(value);
const yuan: Read = (value) => `${(Number(value) / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 })} 元`;
const hundredths: Read = (value) => (Number(value) / 100).toFixed(2);
const time: Read = (value) => dateTime(Number(value));
const yes: Read = (value) => (value === true ? "是" : "否");
const level: Read = (value) =>
  ({
    general: "一般",
    major: "重大",
    county: "县级",
    city: "市级",
    HH: "高高限",
    H: "高限",
    L: "低限",
    LL: "低低限",
  })[String(value)] ?? String(value);
const factNames = new Map(catalogue.flatMap((table) => table.rows).map((row) => [row.code, row.name]));
/** A credit fact by its name in the catalogue; the code where a local edition has one of its own. */
const fact: Read = (value) => factNames.get(String(value)) ?? String(value);

/** The fields of events that people ask about, in the order in which they read them. */
const FIELDS: [string, string, Read][] = [
  ["tag", "点位", words],
  ["value", "数值", plain],
  ["limit", "限值", plain],
  ["extreme", "最高值", plain],
  ["level", "级别", level],
  ["priority", "优先级", plain],
  ["clause", "条款", words],
  ["criterion", "判定依据", words],
  ["due", "期限", time],
  ["until", "延至", time],
  ["passed", "复查通过", yes],
  ["on_time", "按期", yes],
  ["days_late", "逾期工作日", plain],
  ["days_over", "超期工作日", plain],
  ["cost_fen", "整改费用", yuan],
  ["minutes", "在场分钟", plain],
  ["code", "事项", fact],
  ["weight", "分值", hundredths],
  ["basis", "依据", words],
  ["score", "得分", hundredths],
  ["low", "下限", hundredths],
  ["high", "上限", hundredths],
  ["previous", "原等级", words],
  ["grade", "等级", words],
  ["visits_per_year", "每年检查次数", plain],
  ["result", "处理结果", words],
  ["base_fen", "基准保费", yuan],
  ["old_fen", "原保费", yuan],
  ["new_fen", "新保费", yuan],
  ["premium_fen", "保费", yuan],
  ["amount_fen", "金额", yuan],
  ["scheme", "费率方案", words],
  ["edition", "规则版本", words],
];

/** What an event says in codes and numbers; its sentences stand beside it. */
export function factsOf(body: Record<string, unknown> | null | undefined): { label: string; value: string }[] {
  return FIELDS.flatMap(([field, label, read]) => {
    const value = body?.[field];
    return value === undefined || value === null || value === "" ? [] : [{ label, value: read(value) }];
  });
}
