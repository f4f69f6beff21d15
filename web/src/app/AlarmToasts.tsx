import { fetchOne } from "@api/hooks";
import { useLive } from "@api/live";
import type { Alarm } from "@api/types";
import { unitSign } from "@kit/format";
import { AppLink } from "@kit/nav";
import { getPrefs } from "@kit/prefs";
import { App } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { beep } from "./beep";

/** How long alarms of one firm fall into the same notice. */
const STORM_MS = 60_000;

/** Only alarms of level 1 and 2 interrupt; a storm is one notice per firm with a count. */
export default function AlarmToasts() {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const storms = useRef(new Map<string, { count: number; since: number }>());
  useLive(["iot.alarm.raised"], (fact) => {
    const id = fact.subject.replace(/^alarm\//, "");
    fetchOne("/alarms/{id}", { path: { id } })
      .then((alarm) => show(alarm))
      .catch(() => {});
  });
  const show = (alarm: Alarm) => {
    if (alarm.priority > 2) return;
    const last = storms.current.get(alarm.enterprise);
    const fresh = !last || Date.now() - last.since > STORM_MS;
    const count = fresh ? 1 : last.count + 1;
    storms.current.set(alarm.enterprise, { count, since: fresh ? Date.now() : last.since });
    notification.error({
      key: `alarm-${alarm.enterprise}`,
      title: `${alarm.priority === 1 ? t("一级预警") : t("二级预警")} · ${alarm.enterprise_name}`,
      description: (
        <AppLink
          to={count > 1 ? `/alarms?state=open&enterprise=${alarm.enterprise}` : `/alarms/${alarm.id}`}
          onClick={() => notification.destroy(`alarm-${alarm.enterprise}`)}
        >
          {alarm.tag_name} {alarm.value} {unitSign(alarm.unit)}（{t("限值")} {alarm.limit}）
          {count > 1 && ` ${t("等")} ${count} ${t("条")}`}
        </AppLink>
      ),
      placement: "bottomRight",
      duration: 15,
      role: "status",
    });
    if (fresh && getPrefs().sound) beep(alarm.priority);
  };
  return null;
}
