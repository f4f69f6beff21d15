import { useGet } from "@api/hooks";
import { Clock } from "@kit/Clock";
import { DetailPage, Pairs } from "@kit/DetailPage";
import { dateTimeSeconds, number, unitSign } from "@kit/format";
import { AppLink, useParam, useQuery } from "@kit/nav";
import { Panel } from "@kit/Page";
import { TagTrend } from "@kit/TagTrend";
import { AlarmLevel, AlarmStatus } from "@kit/tags";
import { Steps } from "antd";
import { useTranslation } from "react-i18next";
import { AlarmActions } from "./AlarmActions";

const ORDER = ["active", "acknowledged", "explained", "cleared"];

/** One alarm: what happened, what is owed by when, the trend around it and everyone's acts. */
export default function AlarmPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const asked = useQuery();
  const { data: alarm, error, refetch } = useGet("/alarms/{id}", { path: { id }, live: ["iot.alarm"], every: 30_000 });
  const { data: tags } = useGet("/tags", { query: { tag: alarm?.tag, "page[size]": "1" }, enabled: Boolean(alarm) });
  const tag = tags?.items.find((each) => each.tag === alarm?.tag);
  return (
    <DetailPage
      title={alarm && `${alarm.enterprise_name} ${alarm.tag_name}`}
      loading={!alarm}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `alarm/${id}` }}
      live={["iot.alarm"]}
      note={
        alarm && (
          <span className="row">
            <AlarmLevel priority={alarm.priority} level={alarm.level} />
            <AlarmStatus state={alarm.state} back={alarm.back_to_normal} />
            {alarm.escalation && <span className="warn">{alarm.escalation}</span>}
          </span>
        )
      }
      extra={alarm && <AlarmActions alarm={alarm} size="middle" start={asked.do} />}
    >
      {alarm && (
        <>
          <Panel>
            <Steps
              size="small"
              responsive
              current={alarm.state === "cleared" ? 4 : ORDER.indexOf(alarm.state) + 1}
              items={[
                { title: t("产生"), content: dateTimeSeconds(alarm.raised_at) },
                { title: t("签收"), content: <Duty due={alarm.ack_due_at} done={alarm.acked_at} /> },
                {
                  title: t("说明"),
                  content: <Duty due={alarm.explain_due_at} done={alarm.explained_at} />,
                },
                { title: t("消警"), content: alarm.cleared_at ? dateTimeSeconds(alarm.cleared_at) : "" },
              ]}
            />
          </Panel>
          <Panel title={t("预警内容")}>
            <Pairs
              items={[
                {
                  label: t("企业"),
                  value: <AppLink to={`/enterprises/${alarm.enterprise}`}>{alarm.enterprise_name}</AppLink>,
                },
                {
                  label: t("点位"),
                  value: <AppLink to={`/tags/${encodeURIComponent(alarm.tag)}`}>{alarm.tag_name}</AppLink>,
                  note: alarm.tag,
                },
                { label: t("越限时数值"), value: `${number(alarm.value)} ${unitSign(alarm.unit)}` },
                { label: t("限值"), value: `${number(alarm.limit)} ${unitSign(alarm.unit)}` },
                { label: t("期间极值"), value: `${number(alarm.max)} ${unitSign(alarm.unit)}` },
                { label: t("优先级"), value: `${alarm.priority}`, note: alarm.priority_why },
                { label: t("责任人"), value: alarm.owner },
              ]}
            />
          </Panel>
          {tag && (
            <Panel title={t("前后趋势")}>
              <TagTrend tag={tag} around={alarm.raised_at} />
            </Panel>
          )}
        </>
      )}
    </DetailPage>
  );
}

/** One duty of the alarm: when it was done and whether in time, or how long there is left. */
function Duty({ due, done }: { due: string | null | undefined; done: string | null | undefined }) {
  if (!due && !done) return null;
  return (
    <span>
      {done && <span>{dateTimeSeconds(done)}</span>} {due && <Clock due={due} done={done} />}
    </span>
  );
}
