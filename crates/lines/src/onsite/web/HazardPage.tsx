import { useGet } from "@api/hooks";
import { Clock } from "@kit/Clock";
import { DetailPage, Pairs } from "@kit/DetailPage";
import { dateTime, number } from "@kit/format";
import { AppLink, useParam, useQuery } from "@kit/nav";
import { Panel } from "@kit/Page";
import { StatusTag } from "@kit/tags";
import { Alert, Button, Image, Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Act, HazardDialogs, isAct } from "./HazardDialogs";
import { type Hazard, STATES, yuan } from "./hazards";

/** How far along the five steps each state stands. */
const STEP: Record<Hazard["state"], number> = {
  found: 1,
  confirmed: 2,
  reopened: 2,
  assigned: 3,
  rectified: 4,
  verified: 5,
  closed: 6,
  duplicate: 1,
};

const ACTS: [Act, string][] = [
  ["decide", "审批延期"],
  ["confirm", "确认等级"],
  ["assign", "下达整改"],
  ["rectify", "提交整改"],
  ["verify", "复查"],
  ["lift", "解除挂牌"],
  ["extension", "申请延期"],
  ["list", "挂牌督办"],
  ["reopen", "重新打开"],
];

/** One hazard: where it stands, what is owed by when and why, what it looked like before and after. */
export default function HazardPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const asked = useQuery();
  const [act, setAct] = useState<Act | null>(isAct(asked.do) ? asked.do : null);
  const { data, error, refetch } = useGet("/hazards/{id}", { path: { id }, live: ["hazard."] });
  return (
    <DetailPage
      title={data && `${data.place}`}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `hazard/${id}` }}
      live={["hazard."]}
      note={
        data && (
          <span className="row">
            <StatusTag tone={data.level === "major" ? "bad" : "plain"}>{t(data.level_name)}</StatusTag>
            <StatusTag tone={STATES[data.state][0]}>{t(data.state_name)}</StatusTag>
            {data.listed && <StatusTag tone="bad">{t(data.listing ?? "挂牌督办")}</StatusTag>}
            <AppLink to={`/enterprises/${data.enterprise}`}>{data.enterprise_name}</AppLink>
            <span className="quiet">{data.number}</span>
          </span>
        )
      }
      extra={ACTS.filter(([key]) => data?.acts.includes(key)).map(([key, title], at) => (
        <Button key={key} type={at === 0 ? "primary" : "default"} onClick={() => setAct(key)}>
          {t(title)}
        </Button>
      ))}
    >
      {data && <Body hazard={data} />}
      {data && (
        <HazardDialogs hazard={data} act={act && data.acts.includes(act) ? act : null} close={() => setAct(null)} />
      )}
    </DetailPage>
  );
}

function Body({ hazard }: { hazard: Hazard }) {
  const { t } = useTranslation();
  const working = hazard.state === "assigned" || hazard.state === "reopened";
  return (
    <>
      {hazard.state === "duplicate" && (
        <Alert
          type="info"
          showIcon
          title={t("同一部位、同一条款已有未销号的隐患，本条不重复下达")}
          description={
            hazard.duplicate_of ? (
              <AppLink to={`/hazards/${hazard.duplicate_of}`}>{t("查看已有的隐患")}</AppLink>
            ) : (
              t("已有的隐患不在您的可见范围内")
            )
          }
        />
      )}
      {hazard.reopened_why && working && (
        <Alert type="warning" showIcon title={t("须重新整改")} description={hazard.reopened_why} />
      )}
      {hazard.asked_days && (
        <Alert
          type="warning"
          showIcon
          title={`${t("申请延期")} ${hazard.asked_days} ${t("个工作日")}`}
          description={`${hazard.asked_reason ?? ""}；${t("临时措施")}：${hazard.interim_measure ?? ""}`}
        />
      )}
      <Panel>
        <Steps
          size="small"
          responsive
          current={STEP[hazard.state]}
          titlePlacement="vertical"
          items={[
            { title: t("发现"), content: dateTime(hazard.created_at) },
            { title: t("确认等级") },
            { title: t("下达整改") },
            { title: t("整改"), content: hazard.rectified_at ? dateTime(hazard.rectified_at) : "" },
            { title: t("复查"), content: hazard.verified_at ? dateTime(hazard.verified_at) : "" },
            { title: t("销号"), content: hazard.closed_at ? dateTime(hazard.closed_at) : "" },
          ]}
        />
      </Panel>
      <Panel title={t("问题")}>
        <Pairs
          items={[
            { label: t("问题描述"), value: hazard.text },
            { label: t("依据"), value: hazard.clause },
            { label: t("来源"), value: t(hazard.found_via_name), note: hazard.found_by },
            { label: t("初步等级"), value: t(hazard.suspected_name) },
            { label: t("认定依据"), value: hazard.ground },
            ...(hazard.visit
              ? [{ label: t("检查服务"), value: <AppLink to={`/visits/${hazard.visit}`}>{t("查看")}</AppLink> }]
              : []),
          ]}
        />
      </Panel>
      {hazard.due && (
        <Panel title={t("整改")}>
          <Pairs
            items={[
              {
                label: t("整改期限"),
                value: (
                  <span>
                    {dateTime(hazard.due)} <Clock due={hazard.due} done={hazard.rectified_at} />
                  </span>
                ),
                note: hazard.due_rule,
              },
              { label: t("已延期"), value: `${hazard.extensions} / ${hazard.extension_limit[0]}` },
              { label: t("责任人"), value: hazard.owner, note: hazard.owner_post },
              { label: t("整改措施"), value: hazard.measure },
              { label: t("整改资金（元）"), value: yuan(hazard.money_fen) },
              { label: t("应急预案"), value: hazard.plan },
              { label: t("整改情况"), value: hazard.done },
              { label: t("实际费用（元）"), value: yuan(hazard.cost_fen) },
              ...(hazard.listed_due ? [{ label: t("督办期限"), value: dateTime(hazard.listed_due) }] : []),
            ]}
          />
        </Panel>
      )}
      <Photos hazard={hazard} />
      {(hazard.sensor || hazard.verifier) && <Proof hazard={hazard} />}
    </>
  );
}

/** What it looked like before and after, side by side. */
function Photos({ hazard }: { hazard: Hazard }) {
  const { t } = useTranslation();
  if (hazard.photos.length === 0) return null;
  const before = hazard.photos.filter((photo) => photo.side !== "after");
  const after = hazard.photos.filter((photo) => photo.side === "after");
  return (
    <Panel title={t("整改前后")}>
      <div className="cards">
        <Side title={t("整改前")} photos={before} none={t("没有照片")} />
        <Side title={t("整改后")} photos={after} none={t("整改完成时上传")} />
      </div>
    </Panel>
  );
}

function Side({ title, photos, none }: { title: string; photos: Hazard["photos"]; none: string }) {
  return (
    <section className="stack" aria-label={title}>
      <strong>{title}</strong>
      {photos.length === 0 && <span className="quiet">{none}</span>}
      <Image.PreviewGroup>
        {photos.map((photo, at) => (
          <Image
            key={photo.digest}
            src={`/api/v1/files/${photo.digest}`}
            alt={`${title} ${at + 1}`}
            style={{ maxWidth: "100%", maxHeight: 320, objectFit: "contain" }}
          />
        ))}
      </Image.PreviewGroup>
    </section>
  );
}

function Proof({ hazard }: { hazard: Hazard }) {
  const { t } = useTranslation();
  const { sensor } = hazard;
  return (
    <Panel title={t("复查")}>
      <Pairs
        items={[
          ...(hazard.verifier
            ? [
                { label: t("复查人"), value: hazard.verifier },
                { label: t("复查意见"), value: hazard.verify_note },
              ]
            : []),
          ...(sensor
            ? [
                {
                  label: t("监测点位"),
                  value: (
                    <span className="row">
                      <AppLink to={`/tags/${encodeURIComponent(sensor.tag)}`}>{sensor.tag}</AppLink>
                      {number(sensor.value)}
                      <StatusTag tone={sensor.inside ? "good" : "bad"}>
                        {sensor.inside ? t("在限值以内") : t("在限值以外")}
                      </StatusTag>
                    </span>
                  ),
                  note: dateTime(sensor.at),
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}
