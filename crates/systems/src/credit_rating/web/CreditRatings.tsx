import { CrudTable } from "@kit/CrudTable";
import { dateOnly, dateTime } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { WhyLink } from "@kit/Timeline";
import { RiskTag } from "@kit/tags";
import { useTranslation } from "react-i18next";
import { type CreditRatingRow, Grade, points } from "./words";

/** N1: the grades in force. */
export default function CreditRatings() {
  const { t } = useTranslation();
  return (
    <Page title={t("信用等级")} note={t("升级当即发布；降级先预告，期满才生效。没有计入事实的企业为待评，不在表中。")}>
      <CrudTable<CreditRatingRow>
        name="credit-ratings"
        path="/credit-ratings"
        live={["credit."]}
        sort="score"
        rowKey={(row) => row.enterprise}
        filters={[
          { key: "q", label: "企业" },
          { key: "grade", label: "等级", options: ["A", "B", "C", "D"].map((value) => ({ value, label: value })) },
          {
            key: "risk",
            label: "风险",
            options: [
              { value: "red", label: "红" },
              { value: "orange", label: "橙" },
              { value: "yellow", label: "黄" },
              { value: "blue", label: "蓝" },
            ],
          },
          { key: "noticed", label: "预告", options: [{ value: "true", label: "降级预告中" }] },
          { key: "region", label: "区域", type: "region" },
        ]}
        empty={t("还没有企业有等级。计入第一条信用事实后自动评定。")}
        columns={[
          {
            key: "name",
            title: "企业",
            sort: true,
            render: (row) => <AppLink to={`/credit-ratings/${row.enterprise}`}>{row.name}</AppLink>,
          },
          {
            key: "grade",
            title: "等级",
            render: (row) => (
              <span className="row">
                <Grade grade={row.grade} />
                {row.guarded && <span className="quiet">{t("事实较少")}</span>}
              </span>
            ),
          },
          { key: "score", title: "评分", sort: true, align: "right", render: (row) => points(row.score) },
          {
            key: "range",
            title: "范围",
            align: "right",
            wide: true,
            render: (row) => `${points(row.low)}–${points(row.high)}`,
          },
          { key: "risk", title: "风险", wide: true, render: (row) => <RiskTag level={row.risk} /> },
          { key: "visits", title: "年检查次数", align: "right", wide: true, render: (row) => row.visits },
          {
            key: "notice",
            title: "降级预告",
            render: (row) =>
              row.notice_to ? (
                <span className="bad">
                  {t("拟降为")} {row.notice_to}
                  <div className="quiet">{dateOnly(row.notice_due)}</div>
                </span>
              ) : (
                "—"
              ),
          },
          {
            key: "from",
            title: "生效时间",
            sort: true,
            wide: true,
            render: (row) => (
              <>
                {dateTime(row.from)} <WhyLink event={row.event} />
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}
