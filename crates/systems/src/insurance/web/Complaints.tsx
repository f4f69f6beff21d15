import { client, dataOf } from "@api/client";
import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly } from "@kit/format";
import { AppLink } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { Page } from "@kit/Page";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { State } from "./shared";

type Row = Schema["ServiceComplaint"];

/** Complaints about services; what is not answered in ten working days is red. */
export default function Complaints() {
  const { t } = useTranslation();
  const [answering, setAnswering] = useState<Row | null>(null);
  return (
    <Page title={t("服务投诉")} note={t("AQ 9010-2019：10 个工作日内答复，写明结论、依据和措施")}>
      <CrudTable<Row>
        name="service-complaints"
        path="/service-complaints"
        live={["svc.complaint"]}
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "企业", placeholder: "企业名称" },
          {
            key: "state",
            label: "状态",
            options: [
              { value: "open", label: "待答复" },
              { value: "answered", label: "已答复" },
            ],
          },
        ]}
        empty={t("没有服务投诉。企业可在服务方案页对任何一项服务提出投诉。")}
        columns={[
          {
            key: "content",
            title: "服务内容",
            render: (row) => <AppLink to={`/prevention-plans/${row.plan}`}>{row.content}</AppLink>,
          },
          { key: "enterprise", title: "企业", wide: true, render: (row) => row.enterprise_name },
          { key: "text", title: "投诉内容", render: (row) => row.text },
          {
            key: "state",
            title: "状态",
            render: (row) => <State code={row.state} name={row.state_name} bad={row.overdue} />,
          },
          { key: "due_at", title: "答复期限", sort: true, render: (row) => dateOnly(Date.parse(row.due_at) - 1) },
          { key: "finding", title: "调查结论与依据", wide: true, render: (row) => row.finding ?? "—" },
          {
            key: "answer",
            title: "办理",
            render: (row) =>
              row.may_answer ? (
                <Button size="small" onClick={() => setAnswering(row)}>
                  {t("答复")}
                </Button>
              ) : (
                (row.measures ?? "—")
              ),
          },
        ]}
      />
      <FormDialog<{ finding: string; measures: string }, Row>
        title="答复"
        open={answering !== null}
        close={() => setAnswering(null)}
        refresh={["/service-complaints", "/home", "/tasks"]}
        send={async (body, header) =>
          dataOf(
            await client.POST("/service-complaints/{id}/answer", {
              params: { path: { id: answering?.id ?? "" }, header },
              body: { ...body, revision: answering?.revision },
            }),
          )
        }
        consequence={t("答复会告知企业，并记入服务方案的经过。")}
      >
        <p>{answering?.text}</p>
        <OpinionField name="finding" label="调查结论与依据" />
        <OpinionField name="measures" label="处理措施" />
      </FormDialog>
    </Page>
  );
}
