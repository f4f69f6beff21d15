import { useGet } from "@api/hooks";
import type { Alarm } from "@api/types";
import { Clock } from "@kit/Clock";
import { CrudTable } from "@kit/CrudTable";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { StatNumber } from "@kit/StatNumber";
import { usePhone } from "@kit/usePhone";
import { useTranslation } from "react-i18next";
import { AlarmActions } from "./AlarmActions";
import { AlarmCards } from "./AlarmCards";
import { alarmColumns } from "./alarmColumns";
import { ShiftBar } from "./ShiftBar";

/** ON-01: what is open in my area, whose turn it is and how long there is left. */
export default function Desk() {
  const { t } = useTranslation();
  const phone = usePhone();
  const { data, error, refetch } = useGet("/desk", { live: ["iot.alarm", "duty."], every: 30_000 });
  return (
    <Page title={t("值守台")} extra={data && <ShiftBar desk={data} />}>
      <ProblemAlert error={error} retry={() => void refetch()} />
      {data && (
        <section className="panel numbers" aria-label={t("当前情况")} aria-live="polite">
          <StatNumber label={t("未处置完")} value={data.counts.open} unit={t("条")} link="/alarms?state=open" />
          <StatNumber
            label={t("待签收")}
            value={data.counts.unacked}
            unit={t("条")}
            tone={data.counts.unacked > 0 ? "warn" : "good"}
            link="/alarms?state=active"
          />
          <StatNumber
            label={t("逾期")}
            value={data.counts.overdue}
            unit={t("条")}
            tone={data.counts.overdue > 0 ? "bad" : "good"}
            link="/alarms?state=open&sort=raised_at"
          />
          <div className="stat wide-stat">
            <div className="stat-label">{t("最近一个时限")}</div>
            {data.next_clock ? (
              <>
                <div>
                  <Clock due={data.next_clock.due_at} />
                </div>
                <AppLink to={`/alarms/${data.next_clock.alarm}`}>{data.next_clock.title}</AppLink>
              </>
            ) : (
              <div>{t("没有等待中的时限")}</div>
            )}
          </div>
        </section>
      )}
      {phone ? (
        <AlarmCards />
      ) : (
        <CrudTable<Alarm>
          name="desk"
          path="/alarms"
          fixed={{ state: "open" }}
          live={["iot.alarm"]}
          sort="priority"
          rowKey={(row) => row.id}
          empty={t("辖区内没有未处置的预警。新预警会自动出现，一、二级预警有声音提醒。")}
          columns={[
            ...alarmColumns(t),
            { key: "act", title: "操作", fixed: "right", render: (row) => <AlarmActions alarm={row} /> },
          ]}
        />
      )}
    </Page>
  );
}
