import { useGet } from "@api/hooks";
import type { Alarm } from "@api/types";
import { Age, Clock } from "@kit/Clock";
import { AppLink } from "@kit/nav";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { AlarmLevel, AlarmStatus } from "@kit/tags";
import { useTranslation } from "react-i18next";
import { AlarmActions } from "./AlarmActions";
import { nextClock, valueText } from "./alarmColumns";

/** The desk on a phone: one card per alarm, the worst first, its step as a button for the thumb. */
export function AlarmCards() {
  const { t } = useTranslation();
  const { data, error, refetch } = useGet("/alarms", {
    query: { state: "open", sort: "priority", "page[size]": "50" },
    live: ["iot.alarm"],
    keep: true,
  });
  return (
    <>
      <ProblemAlert error={error} retry={() => void refetch()} />
      {data?.items.length === 0 && <EmptyNext text={t("辖区内没有未处置的预警。")} />}
      {data?.items.map((alarm) => (
        <Card key={alarm.id} alarm={alarm} />
      ))}
      {data && data.total > data.items.length && <AppLink to="/alarms?state=open">{t("查看全部")}</AppLink>}
    </>
  );
}

function Card({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation();
  const { due, duty } = nextClock(alarm);
  return (
    <section className="panel stack">
      <div className="card-head">
        <AlarmLevel priority={alarm.priority} level={alarm.level} />
        <AlarmStatus state={alarm.state} back={alarm.back_to_normal} />
      </div>
      <AppLink to={`/alarms/${alarm.id}`}>
        <strong>{alarm.enterprise_name}</strong>
        <div>{alarm.tag_name}</div>
      </AppLink>
      <div className="card-head">
        <strong>{valueText(alarm)}</strong>
        <span className="quiet">
          {t("已持续")} <Age at={alarm.raised_at} />
        </span>
      </div>
      {alarm.escalation && <div className="warn">{alarm.escalation}</div>}
      <div className="card-head">
        <span>
          {due && (
            <>
              {t(duty)} <Clock due={due} />
            </>
          )}
        </span>
        <AlarmActions alarm={alarm} size="middle" />
      </div>
    </section>
  );
}
