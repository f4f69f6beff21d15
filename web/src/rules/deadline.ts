import { type Edition, find, type Reference, Refused, reference, type Scope } from "./tables";

interface Holiday {
  date: string;
  kind: "holiday" | "in_lieu_off" | "work";
}

interface DeadlineRule {
  id: string;
  name: string;
  clause: string;
  amount: number;
  unit: "小时" | "日" | "工作日" | "月" | "年";
  starts: string;
  rolls?: boolean;
  unconfirmed?: boolean;
}

export interface DeadlineTables {
  calendar: Edition<Holiday>[];
  deadlines: Edition<DeadlineRule>[];
}

const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;

/** Days are counted as days in UTC, where none is longer than another. */
function ms(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function addDays(day: string, count: number): string {
  return new Date(ms(day) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The corresponding day of a later month, or the last of the month where there is none (民法典 art. 202). */
export function addMonths(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1 + count, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10);
}

/** Whether people work on a day, by the yearly notice; a year without a notice is refused, never guessed. */
export function isWorkday(calendar: Edition<Holiday>[], day: string, field = "from"): boolean {
  const notice = calendar.find((each) => each.valid_from <= day && (!each.valid_to || day <= each.valid_to));
  if (!notice) throw new Refused(field, `${day} 的日历未发布；请在国务院办公厅公布节假日安排后导入该年通知`);
  const special = notice.rows.find((row) => row.date === day);
  if (special) return special.kind === "work";
  const weekday = new Date(ms(day)).getUTCDay();
  return weekday >= 1 && weekday <= 5;
}

/** The day `count` working days after a day, or before it; the first day is not counted (民法典 art. 201). */
export function addWorkdays(calendar: Edition<Holiday>[], from: string, count: number): string {
  isWorkday(calendar, from);
  let day = from;
  for (let left = Math.abs(count); left > 0; ) {
    day = addDays(day, Math.sign(count));
    if (isWorkday(calendar, day)) left -= 1;
  }
  return day;
}

export interface DeadlineAsked extends Scope {
  rule: string;
  /** A day, or a moment with its zone; one without a zone is Beijing time. */
  from: string;
  rolls?: boolean;
  deducted_days?: unknown;
}

export interface Deadline {
  due: string;
  counted_in: string;
  amount: number;
  deducted_days: number;
  name: string;
  starts: string;
  unconfirmed: string[];
  rule: Reference;
}

/** When a named statutory period ends. */
export function deadline(tables: DeadlineTables, asked: DeadlineAsked): Deadline {
  const { day, moment } = read(asked.from);
  const scope = { on: asked.on ?? day, region: asked.region };
  const [table, rule] = find(tables.deadlines, scope, "rule", (row) => row.id === asked.rule);
  const deducted = Number(asked.deducted_days ?? 0);
  if (!Number.isInteger(deducted) || deducted < 0 || deducted > 3650) {
    throw new Refused("deducted_days", "扣除天数应为 0 到 3650 的整数");
  }
  if (deducted > 0 && rule.unit !== "日") throw new Refused("deducted_days", "只有按日计算的期限可以扣除天数");
  const plain = ending(tables, rule, day, moment, deducted);
  const rolls = (asked.rolls ?? rule.rolls ?? false) && rule.amount > 0 && rule.unit !== "小时";
  const shaky = rule.unconfirmed || table.confidence === "unconfirmed";
  return {
    due: rolls ? rolled(tables.calendar, plain) : plain,
    counted_in: rule.unit,
    amount: rule.amount,
    deducted_days: deducted,
    name: rule.name,
    starts: rule.starts,
    unconfirmed: shaky ? [`期限“${rule.name}”未经核实，须对照原文确认`] : [],
    rule: { ...reference(table, rule.clause), confidence: shaky ? "unconfirmed" : table.confidence },
  };
}

function read(from: string): { day: string; moment: number | null } {
  if (/^\d{4}-\d{2}-\d{2}$/.test(from) && !Number.isNaN(ms(from))) return { day: from, moment: null };
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(from) ? from : `${from.replace(" ", "T")}+08:00`;
  const moment = Date.parse(zoned);
  if (Number.isNaN(moment))
    throw new Refused("from", "请填写日期或北京时间，如 2026-11-23 或 2026-11-23T08:30:00+08:00");
  return { day: new Date(moment + BEIJING_MS).toISOString().slice(0, 10), moment };
}

function ending(
  tables: DeadlineTables,
  rule: DeadlineRule,
  day: string,
  moment: number | null,
  deducted: number,
): string {
  switch (rule.unit) {
    case "小时": {
      if (moment === null) throw new Refused("from", "按小时计算的期限须给出时刻，如 2026-11-23T08:30:00+08:00");
      const due = new Date(moment + rule.amount * 3_600_000 + BEIJING_MS).toISOString();
      return `${due.slice(0, 19)}+08:00`;
    }
    case "工作日":
      return addWorkdays(tables.calendar, day, rule.amount);
    case "月":
      return addMonths(day, rule.amount);
    case "年":
      return addMonths(day, rule.amount * 12);
    default:
      return addDays(day, rule.amount + deducted);
  }
}

/** The day itself when people work on it, otherwise the next working day (民法典 art. 203). */
function rolled(calendar: Edition<Holiday>[], day: string): string {
  let due = day;
  while (!isWorkday(calendar, due)) due = addDays(due, 1);
  return due;
}
