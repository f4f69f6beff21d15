import { useGet } from "@api/hooks";
import type { Alarm } from "@api/types";
import { Age, Clock } from "@kit/Clock";
import { number, unitSign } from "@kit/format";
import { AppLink } from "@kit/nav";
import { AlarmLevel, AlarmStatus } from "@kit/tags";
import { useTranslation } from "react-i18next";

/** What is open now, the newest first; pushed by the event stream. */
export function LiveAlarms({ region }: { region: string }) {
  const { t } = useTranslation();
  const { data } = useGet("/alarms", {
    query: { state: "open", region, sort: "-raised_at", "page[size]": "20" },
    live: ["iot.alarm"],
    keep: true,
  });
  return (
    <section className="wall-box wall-grow">
      <div className="wall-box-head">
        <h2>{t("实时预警")}</h2>
        <AppLink to={`/alarms?state=open&region=${region}`}>
          {t("未处置")} <strong className="num">{number(data?.total ?? 0)}</strong>
        </AppLink>
      </div>
      {data?.items.length === 0 && <p className="wall-quiet">{t("目前没有未处置的预警")}</p>}
      <ul className="wall-alarms" aria-live="polite">
        {data?.items.map((alarm) => (
          <Row key={alarm.id} alarm={alarm} />
        ))}
      </ul>
    </section>
  );
}

function Row({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation();
  const due =
    alarm.state === "active" ? alarm.ack_due_at : alarm.state === "acknowledged" ? alarm.explain_due_at : null;
  return (
    <li>
      <AppLink to={`/alarms/${alarm.id}`}>
        <span className="wall-line">
          <AlarmLevel priority={alarm.priority} level={alarm.level} />
          <span>{due ? <Clock due={due} /> : <Age at={alarm.raised_at} />}</span>
        </span>
        <span className="wall-alarm-name">
          {alarm.enterprise_name} {alarm.tag_name}
        </span>
        <span className="wall-line">
          <span className="num">
            {number(alarm.value)} {unitSign(alarm.unit)}（{t("限值")} {number(alarm.limit)}）
          </span>
          <AlarmStatus state={alarm.state} back={alarm.back_to_normal} />
        </span>
      </AppLink>
    </li>
  );
}
