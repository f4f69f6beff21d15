import { useGet } from "@api/hooks";
import { DetailPage } from "@kit/DetailPage";
import { dateOnly } from "@kit/format";
import { AppLink, useParam } from "@kit/nav";
import { Panel } from "@kit/Page";
import { EmptyNext } from "@kit/Problem";
import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { Grade, points } from "./words";

const WAYS: Record<string, string> = { up: "升级", down: "降级", first: "首次评定" };

/** The movers of one grading with the three facts that moved each. */
export default function CreditRunPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const { data, error, refetch } = useGet("/credit-runs/{id}", { path: { id } });
  return (
    <DetailPage
      title={data && `${t("信用评定")} ${dateOnly(data.from)} – ${dateOnly(data.to)}`}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `credit-run/${id}` }}
      note={data && `${t("评定企业")} ${data.rated} · ${t("升级")} ${data.up} · ${t("降级")} ${data.down}`}
    >
      {data && (
        <Panel title={t("升降名单")}>
          <Table
            size="small"
            rowKey="enterprise"
            dataSource={data.movers}
            pagination={{ pageSize: 50, hideOnSinglePage: true }}
            scroll={{ x: "max-content" }}
            locale={{ emptyText: <EmptyNext text={t("评定期内没有企业升降。")} /> }}
            columns={[
              {
                key: "name",
                title: t("企业"),
                render: (_, row) => <AppLink to={`/credit-ratings/${row.enterprise}`}>{row.name}</AppLink>,
              },
              {
                key: "grade",
                title: t("等级"),
                render: (_, row) => (
                  <span className="row">
                    <Grade grade={row.from} /> → <Grade grade={row.to} />
                  </span>
                ),
              },
              { key: "way", title: t("方向"), render: (_, row) => t(WAYS[row.direction] ?? row.direction) },
              {
                key: "score",
                title: t("评分"),
                align: "right",
                render: (_, row) =>
                  `${row.score_from === null || row.score_from === undefined ? "—" : points(row.score_from)} → ${points(row.score_to)}`,
              },
              {
                key: "facts",
                title: t("引起升降的事实"),
                render: (_, row) =>
                  row.facts.map((fact) => (
                    <div key={fact.fact}>
                      <AppLink to={`/credit-facts/${fact.fact}`}>{t(fact.name)}</AppLink> {points(fact.points, true)}
                    </div>
                  )),
              },
            ]}
          />
        </Panel>
      )}
    </DetailPage>
  );
}
