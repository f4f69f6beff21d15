import { useGet } from "@api/hooks";
import { DetailPage, Pairs } from "@kit/DetailPage";
import { dateOnly, dateTime } from "@kit/format";
import { AppLink, useParam } from "@kit/nav";
import { Panel } from "@kit/Page";
import { WhyLink } from "@kit/Timeline";
import { RiskTag, StatusTag } from "@kit/tags";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Bars } from "./Bars";
import { ClassDialog } from "./ClassDialog";
import { WhatIf } from "./WhatIf";
import { type CreditRating, Grade, points } from "./words";

/** N1-03, N1-08: number, grade, interval, what it is made of, what it asks for, and what would change it. */
export default function CreditRatingPage() {
  const { t } = useTranslation();
  const enterprise = useParam("enterprise");
  const [classifying, setClassifying] = useState(false);
  const path = { enterprise };
  const { data, error, refetch } = useGet("/credit-ratings/{enterprise}", { path, live: ["credit."] });
  const basis = `/api/v1/credit-ratings/${encodeURIComponent(enterprise)}/basis`;
  return (
    <DetailPage
      title={data?.name}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `credit/${enterprise}` }}
      live={["credit."]}
      note={
        data && (
          <span className="row">
            {data.rating ? <Grade grade={data.rating.grade} /> : <StatusTag>{t("待评")}</StatusTag>}
            {data.example && <StatusTag tone="warn">{t("示例模型，未经主管部门确认")}</StatusTag>}
            <AppLink to={`/enterprises/${data.enterprise}`}>{t("企业档案")}</AppLink>
          </span>
        )
      }
      extra={
        data && (
          <>
            {data.may_classify && <Button onClick={() => setClassifying(true)}>{t("确认分类")}</Button>}
            {data.may_export && data.rating && (
              <>
                <Button href={`${basis}?form=pdf`}>{t("导出依据 PDF")}</Button>
                <Button href={`${basis}?form=json`} download={`credit-${enterprise}.json`}>
                  {t("导出依据 JSON")}
                </Button>
              </>
            )}
          </>
        )
      }
    >
      {data && (
        <>
          <NoticeBar rating={data} />
          <Figures rating={data} />
          <Panel title={t("构成")}>
            <Bars base={data.base} contributions={data.contributions} noticed={data.notice_facts} />
          </Panel>
          <WhatIf enterprise={data.enterprise} contributions={data.contributions} />
          <Supervision rating={data} />
          <ClassDialog rating={data} open={classifying} close={() => setClassifying(false)} />
        </>
      )}
    </DetailPage>
  );
}

function NoticeBar({ rating }: { rating: CreditRating }) {
  const { t } = useTranslation();
  const notice = rating.rating;
  if (!notice?.notice_to) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={`${t("拟降为")} ${notice.notice_to}，${dateTime(notice.notice_due)} ${t("生效")}`}
      description={
        <>
          {t("期满前可对引起降级的事实提出异议，或以新的有利事实改正；下方标出的事实就是起因。")}{" "}
          <WhyLink event={rating.notice_event} />
        </>
      }
    />
  );
}

function Figures({ rating }: { rating: CreditRating }) {
  const { t } = useTranslation();
  const peers = rating.peers;
  return (
    <Panel title={t("评分与等级")}>
      <Pairs
        items={[
          { label: t("评分"), value: points(rating.score), note: <WhyLink event={rating.score_event} /> },
          {
            label: t("等级"),
            value: <Grade grade={rating.rating?.grade} />,
            note: rating.rating ? <WhyLink event={rating.rating.event} /> : null,
          },
          {
            label: t("范围"),
            value: `${points(rating.low)}–${points(rating.high)}`,
            note: `${t("计入事实")} ${rating.counted}`,
          },
          {
            label: t("分数线"),
            value: rating.cut_offs.map((cut) => `${cut.grade} ≥ ${points(cut.from)}`).join(" · "),
            note: rating.edition,
          },
          { label: t("下次因到期变化"), value: rating.next_at ? dateOnly(rating.next_at) : null },
          {
            label: t("同行业同规模"),
            value: peers ? `${t("高于")} ${peers.below} / ${peers.count}` : t("不足五家，不作比较"),
            note: peers ? `${t("中位")} ${points(peers.median)}` : null,
          },
        ]}
      />
      {rating.rating?.guarded && <p className="quiet">{t("计入的事实较少，仅凭评分不给出更低的等级。")}</p>}
    </Panel>
  );
}

function Supervision({ rating }: { rating: CreditRating }) {
  const { t } = useTranslation();
  const asks = rating.supervision;
  return (
    <>
      <Panel title={t("差异化监管要求")}>
        {asks ? (
          <Pairs
            items={[
              { label: t("全年检查"), value: `${asks.visits_least}–${asks.visits_most} ${t("次")}` },
              { label: t("自查周期"), value: `${asks.self_check_days} ${t("天")}` },
              { label: t("预防服务"), value: `${asks.services} ${t("次")}` },
              { label: t("培训学时"), value: asks.training_hours },
            ]}
          />
        ) : (
          <p className="quiet">{t("评定等级后给出。")}</p>
        )}
      </Panel>
      <Panel
        title={t("企业分类")}
        extra={
          <StatusTag tone={rating.class.confirmed ? "good" : "warn"}>
            {rating.class.confirmed ? t("已由人员确认") : t("系统建议，待人员确认")}
          </StatusTag>
        }
      >
        <Pairs
          items={[
            { label: t("行业类别"), value: t(rating.class.trade) },
            { label: t("危险特征"), value: rating.class.hazards.join("、") },
            { label: t("规模"), value: t(rating.class.scale_name) },
            { label: t("应投保安责险"), value: rating.class.must_insure ? t("是") : t("否") },
            { label: t("监管部门"), value: t(rating.class.department) },
            { label: t("风险"), value: <RiskTag level={rating.class.risk} /> },
          ]}
        />
      </Panel>
      {rating.history.length > 0 && (
        <Panel title={t("历次等级")}>
          <Pairs
            items={rating.history.map((each) => ({
              label: dateTime(each.from),
              value: <Grade grade={each.grade} />,
              note: (
                <>
                  {points(each.score)} <WhyLink event={each.event} />
                </>
              ),
            }))}
          />
        </Panel>
      )}
    </>
  );
}
