import type { Alarm } from "@api/types";
import { Age, Clock } from "@kit/Clock";
import type { Column } from "@kit/CrudTable";
import { dateTime, number, unitSign } from "@kit/format";
import { AppLink } from "@kit/nav";
import { AlarmLevel, AlarmStatus } from "@kit/tags";

/** The next duty of an alarm: sign first, then explain. */
export function nextClock(alarm: Alarm): { due: string | null | undefined; duty: string } {
  if (alarm.state === "active") return { due: alarm.ack_due_at, duty: "签收" };
  if (alarm.state === "acknowledged") return { due: alarm.explain_due_at, duty: "说明" };
  return { due: null, duty: alarm.state === "explained" ? "消警" : "" };
}

export function valueText(alarm: Alarm): string {
  return `${number(alarm.value)} ${unitSign(alarm.unit)}`;
}

/** The columns that the desk and the record of alarms share. */
export function alarmColumns(t: (text: string) => string): Column<Alarm>[] {
  return [
    {
      key: "priority",
      title: "级别",
      sort: true,
      render: (row) => <AlarmLevel priority={row.priority} level={row.level} />,
    },
    {
      key: "enterprise_name",
      title: "企业与点位",
      render: (row) => (
        <>
          <AppLink to={`/alarms/${row.id}`}>{row.enterprise_name}</AppLink>
          <div>{row.tag_name}</div>
        </>
      ),
    },
    {
      key: "value",
      title: "数值 / 限值",
      align: "right",
      render: (row) => (
        <>
          <strong>{valueText(row)}</strong>
          <div className="quiet">
            {t("限值")} {number(row.limit)}
            {row.max !== row.value && ` · ${t("极值")} ${number(row.max)}`}
          </div>
        </>
      ),
    },
    { key: "state", title: "状态", render: (row) => <AlarmStatus state={row.state} back={row.back_to_normal} /> },
    {
      key: "age",
      title: "持续",
      sort: "raised_at",
      render: (row) => (row.cleared_at ? dateTime(row.raised_at) : <Age at={row.raised_at} />),
    },
    {
      key: "clock",
      title: "下一时限",
      render: (row) => {
        const { due, duty } = nextClock(row);
        return due ? (
          <span className="row">
            <span className="quiet">{t(duty)}</span> <Clock due={due} />
          </span>
        ) : (
          "—"
        );
      },
    },
    {
      key: "owner",
      title: "责任人",
      render: (row) => (
        <>
          {row.owner ?? "—"}
          {row.escalation && <div className="warn">{row.escalation}</div>}
        </>
      ),
    },
  ];
}
