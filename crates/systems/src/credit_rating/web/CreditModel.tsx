import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import { DetailPage, Pairs } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { dateTime } from "@kit/format";
import { Panel } from "@kit/Page";
import { RiskTag, StatusTag } from "@kit/tags";
import { Button, Form, Input, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type CreditEdition, type CreditModelView, Grade, points } from "./words";

/** The tables the model is made of, their editions, and who adopted them. */
export default function CreditModel() {
  const { t } = useTranslation();
  const [adopting, setAdopting] = useState<CreditEdition | null>(null);
  const { data, error, refetch } = useGet("/credit-model", { live: ["credit.edition."] });
  return (
    <DetailPage
      title={t("信用模型")}
      note={t("没有国家标准规定这些数值；示例版由当地主管部门以文件确认，或另发版本后使用。")}
      loading={!data}
      error={error}
      retry={() => void refetch()}
    >
      {data && (
        <>
          <Panel title={t("版本")}>
            <Table
              size="small"
              rowKey={(row) => `${row.table}/${row.edition}`}
              dataSource={data.editions}
              pagination={false}
              scroll={{ x: "max-content" }}
              columns={[
                { key: "table", title: t("表"), render: (_, row) => t(row.table_name) },
                {
                  key: "edition",
                  title: t("版本"),
                  render: (_, row) => (
                    <span className="row">
                      {row.edition}
                      {row.example && <StatusTag tone="warn">{t("示例")}</StatusTag>}
                    </span>
                  ),
                },
                { key: "from", title: t("施行日期"), render: (_, row) => row.valid_from },
                {
                  key: "document",
                  title: t("确认文件"),
                  render: (_, row) =>
                    row.document ? `${row.document} ${dateTime(row.adopted_at)}` : <span>{t("未确认")}</span>,
                },
                {
                  key: "act",
                  title: "",
                  render: (_, row) =>
                    data.may_adopt && !row.document ? (
                      <Button size="small" onClick={() => setAdopting(row)}>
                        {t("确认采用")}
                      </Button>
                    ) : null,
                },
              ]}
            />
          </Panel>
          <Panel title={t("评分与等级")}>
            <Pairs
              items={[
                { label: t("基准分"), value: points(data.base) },
                ...data.cut_offs.map((cut) => ({
                  label: `${cut.grade} ${t(cut.name)}`,
                  value: `≥ ${points(cut.from)}`,
                })),
                { label: t("降级预告"), value: `${data.notice_workdays} ${t("个工作日")}` },
                { label: t("提出异议"), value: `${data.objection_days} ${t("天")}` },
                { label: t("少于此数的事实不因评分给低等级"), value: data.few },
              ]}
            />
          </Panel>
          <Panel title={t("差异化监管（等级 × 风险）")}>
            <Table
              size="small"
              rowKey={(row) => `${row.grade}${row.risk_name}`}
              dataSource={data.supervision}
              pagination={false}
              scroll={{ x: "max-content" }}
              columns={[
                { key: "grade", title: t("等级"), render: (_, row) => <Grade grade={row.grade} /> },
                { key: "risk", title: t("风险"), render: (_, row) => <RiskTag level={row.risk_name} /> },
                {
                  key: "visits",
                  title: t("全年检查"),
                  align: "right",
                  render: (_, row) => `${row.visits_least}–${row.visits_most}`,
                },
                { key: "self", title: t("自查周期（天）"), align: "right", render: (_, row) => row.self_check_days },
                { key: "services", title: t("预防服务"), align: "right", render: (_, row) => row.services },
                { key: "training", title: t("培训学时"), align: "right", render: (_, row) => row.training_hours },
              ]}
            />
          </Panel>
        </>
      )}
      <FormDialog<{ document: string }, CreditModelView>
        title="确认采用"
        open={adopting !== null}
        close={() => setAdopting(null)}
        refresh={["/credit-model", "/credit-ratings"]}
        success="已确认"
        send={async ({ document }, header) =>
          dataOf(
            await client.POST("/credit-model", {
              params: { header },
              body: { table: adopting?.table ?? "", edition: adopting?.edition ?? "", document },
            }),
          )
        }
        consequence={t("确认后本地区的结果不再注明示例；确认的人员和文号记入存证日志。")}
      >
        <Form.Item name="document" label={t("文件文号")} rules={[{ required: true, min: 4 }]}>
          <Input maxLength={80} placeholder="〔2026〕" />
        </Form.Item>
      </FormDialog>
    </DetailPage>
  );
}
