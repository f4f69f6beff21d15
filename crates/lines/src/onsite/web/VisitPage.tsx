import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { Clock } from "@kit/Clock";
import { DetailPage, Pairs, PlainTable } from "@kit/DetailPage";
import { dateTime } from "@kit/format";
import { AppLink, useParam, useQuery, useSetQuery } from "@kit/nav";
import { Panel } from "@kit/Page";
import { WhyLink } from "@kit/Timeline";
import { StatusTag } from "@kit/tags";
import { usePhone } from "@kit/usePhone";
import { Button, Steps } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import CheckSheet from "./CheckSheet";
import { STATE_TONES, STEPS } from "./words";

const VisitDialogs = lazy(() => import("./VisitDialogs"));

/** Act → button; the first one that is offered stands out. */
const ACTS: [string, string][] = [
  ["accept", "接受派单"],
  ["announce", "告知企业"],
  ["enter", "扫码入企"],
  ["leave", "检查完毕，离开"],
  ["sign", "签字"],
  ["evaluate", "评价"],
  ["assign", "派定人员"],
  ["decline", "谢绝"],
  ["refuse", "记录拒签"],
  ["withdraw", "撤回"],
];

/** One visit: where it stands, who must act, what was found, who signed. */
export default function VisitPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const query = useQuery();
  const setQuery = useSetQuery();
  const { data: visit, error, refetch } = useGet("/visits/{id}", { path: { id }, live: ["visit.", "check."] });
  const act = query.do;
  const offered = ACTS.filter(([code]) => visit?.acts.includes(code));
  return (
    <DetailPage
      title={visit && `${visit.enterprise_name} ${t(visit.kind_name)}`}
      loading={!visit}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `visit/${id}` }}
      live={["visit.", "check."]}
      note={
        visit && (
          <span className="row">
            <StatusTag tone={STATE_TONES[visit.state]}>{t(visit.state_name)}</StatusTag>
            {visit.number}
            {visit.next && (
              <span>
                {t("下一步")}：{t(visit.next)}（{t(visit.next_by)}）
              </span>
            )}
          </span>
        )
      }
      extra={
        visit && (
          <>
            {offered.map(([code, label], at) => (
              <Button key={code} type={at === 0 ? "primary" : "default"} onClick={() => setQuery({ do: code })}>
                {t(label)}
              </Button>
            ))}
            {visit.entered_at && (
              <Button href={`/api/v1/visits/${visit.id}/record`} target="_blank" rel="noopener">
                {t("打印记录")}
              </Button>
            )}
          </>
        )
      }
    >
      {visit && (
        <>
          <Panel>
            <Progress visit={visit} />
          </Panel>
          {visit.items.length > 0 && <CheckSheet visit={visit} />}
          <Facts visit={visit} />
          <Crew visit={visit} />
          {visit.evaluation && <Said said={visit.evaluation} />}
          <Suspense>
            {act && visit.acts.includes(act) && (
              <VisitDialogs visit={visit} act={act} close={() => setQuery({ do: undefined }, { replace: true })} />
            )}
          </Suspense>
        </>
      )}
    </DetailPage>
  );
}

type Visit = Schema["VisitView"];

function Progress({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const at = STEPS.findIndex(([state]) => state === visit.state);
  if (visit.state === "withdrawn") {
    return (
      <p>
        {t("已撤回")}：{visit.withdrawn_reason}
      </p>
    );
  }
  if (phone) {
    return (
      <p>
        <strong>
          {t("第")} {at + 1}/{STEPS.length} {t("步")}：{t(visit.state_name)}
        </strong>
        {visit.next && ` → ${t(visit.next)}（${t(visit.next_by)}）`}
      </p>
    );
  }
  const when: Record<string, string | null | undefined> = {
    requested: visit.created_at,
    announced: visit.announcement?.at,
    entered: visit.entered_at,
    left: visit.left_at,
    signed: visit.signed_at,
    evaluated: visit.evaluation?.at,
  };
  return (
    <Steps
      size="small"
      responsive
      titlePlacement="vertical"
      current={visit.state === "evaluated" ? STEPS.length : at + 1}
      items={STEPS.map(([state, title]) => ({
        title: t(title),
        // The year stands in the course beside it; without it eight steps fit in one row.
        content: when[state] ? dateTime(when[state]).slice(5) : "",
      }))}
    />
  );
}

function Facts({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const told = visit.announcement;
  const source = visit.source_subject?.startsWith("alarm/") ? `/alarms/${visit.source_subject.slice(6)}` : undefined;
  return (
    <Panel title={t("申请与告知")} extra={<WhyLink event={visit.requested_event} />}>
      <Pairs
        items={[
          {
            label: t("企业"),
            value: <AppLink to={`/enterprises/${visit.enterprise}`}>{visit.enterprise_name}</AppLink>,
          },
          {
            label: t("事由"),
            value: `${t(visit.reason_name)}：${visit.reason}`,
            note: source && <AppLink to={source}>{t("查看预警")}</AppLink>,
          },
          {
            label: t("最迟入企"),
            value: (
              <>
                {dateTime(visit.deadline)}{" "}
                {visit.next && !visit.entered_at && <Clock due={visit.deadline} done={visit.entered_at} />}
              </>
            ),
          },
          {
            label: t("本年检查服务"),
            value: `${visit.cap.used}/${visit.cap.cap}`,
            note: visit.cap.example ? t("各主体合计，上限为示例") : `${visit.cap.rule}`,
          },
          { label: t("派出单位"), value: visit.org_name },
          { label: t("人员"), value: visit.people },
          ...(told
            ? [
                { label: t("事项"), value: told.matter },
                { label: t("依据"), value: told.legal_basis.join("；") },
                { label: t("预计结束"), value: dateTime(told.planned_end) },
              ]
            : []),
          ...(visit.late ? [{ label: t("入企方式"), value: t("紧急入企，离开前补扫") }] : []),
          ...(visit.record ? [{ label: t("记录摘要"), value: <code className="break">{visit.record}</code> }] : []),
          ...(visit.refusal ? [{ label: t("拒签记录"), value: visit.refusal }] : []),
        ]}
      />
    </Panel>
  );
}

/** Who was chosen and why; who was not possible. Only those who choose are shown the latter. */
function Crew({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  if (visit.crew.length === 0) return null;
  return (
    <Panel title={t("人员与签字")}>
      <PlainTable
        head={[t("姓名"), t("到场"), t("签字")]}
        rows={visit.crew.map((each) => ({
          key: each.person,
          cells: [each.name, each.present ? t("是") : "—", each.signed_at ? dateTime(each.signed_at) : "—"],
        }))}
        empty=""
      />
      {visit.signed_at && (
        <p className="quiet">
          {visit.enterprise_signed ? t("企业已签字") : t("企业拒签，已记录")} {dateTime(visit.signed_at)}
        </p>
      )}
      {visit.score_parts.length > 0 && (
        <p className="quiet">
          {t("派定时得分")} {visit.score}：
          {visit.score_parts.map((part) => `${t(part.name)} ${part.points}`).join("，")}
        </p>
      )}
      {visit.rejected.length > 0 && (
        <details>
          <summary>
            {t("当时不能派定的人员")}（{visit.rejected.length}）
          </summary>
          <ul>
            {visit.rejected.map((each) => (
              <li key={each.person}>
                {each.name}（{each.org}）：{each.why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}

function Said({ said }: { said: Schema["VisitEvaluation"] }) {
  const { t } = useTranslation();
  const { data: options } = useGet("/visit-options");
  return (
    <Panel title={t("企业评价")}>
      <Pairs
        items={[
          ...(options?.questions ?? []).map((question) => ({
            label: t(question.title),
            value: `${said.scores[question.code] ?? "—"} / 5`,
          })),
          { label: t("投诉"), value: said.complaint ? t("是") : t("否") },
          { label: t("评价意见"), value: said.comment },
        ]}
      />
    </Panel>
  );
}
