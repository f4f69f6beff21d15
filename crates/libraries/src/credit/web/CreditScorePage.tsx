import { useGet } from "@api/hooks";
import { DetailPage, Pairs } from "@kit/DetailPage";
import { dateOnly, dateTime } from "@kit/format";
import { AppLink, useParam } from "@kit/nav";
import { Panel } from "@kit/Page";
import { EmptyNext } from "@kit/Problem";
import { WhyLink } from "@kit/Timeline";
import { StatusTag } from "@kit/tags";
import { useTranslation } from "react-i18next";
import { points } from "./words";

/** CR-04, CR-10: the score of anybody who has one, with what every fact contributed. */
export default function CreditScorePage() {
  const { t } = useTranslation();
  const subject = useParam("subject");
  const { data, error, refetch } = useGet("/credit-scores/{subject}", { path: { subject }, live: ["credit."] });
  return (
    <DetailPage
      title={data?.name}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `credit/${subject}` }}
      live={["credit."]}
      note={data?.example && <StatusTag tone="warn">{t("示例模型，未经主管部门确认")}</StatusTag>}
    >
      {data && (
        <>
          <Panel title={t("信用评分")}>
            <Pairs
              items={[
                { label: t("评分"), value: points(data.score, false), note: <WhyLink event={data.event} /> },
                { label: t("范围"), value: `${points(data.low, false)}–${points(data.high, false)}` },
                { label: t("基准分"), value: points(data.base, false) },
                { label: t("计入的事实"), value: data.counted },
                { label: t("模型版本"), value: data.edition },
                {
                  label: t("信用等级"),
                  value:
                    data.subject_kind === "enterprise" ? (
                      <AppLink to={`/credit-ratings/${data.subject}`}>{t("查看")}</AppLink>
                    ) : null,
                },
              ]}
            />
          </Panel>
          <Panel title={t("构成")}>
            {data.contributions.length === 0 && (
              <EmptyNext text={t("还没有计入的事实，评分是基准分，范围较宽。按期整改并经核实后会自动计入。")} />
            )}
            <Pairs
              items={data.contributions.map((each) => ({
                label: `${dateOnly(each.valid_from)} ${each.disputed ? t("有异议") : ""}`,
                value: <AppLink to={`/credit-facts/${each.id}`}>{t(each.name)}</AppLink>,
                note: points(each.contributed),
              }))}
            />
          </Panel>
          {data.history.length > 0 && (
            <Panel title={t("历次评分")}>
              <Pairs
                items={data.history.slice(0, 12).map((each) => ({
                  label: dateTime(each.at),
                  value: points(each.score, false),
                  note: <WhyLink event={each.event} />,
                }))}
              />
            </Panel>
          )}
        </>
      )}
    </DetailPage>
  );
}
