import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { StoredFile } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, dateTime } from "@kit/format";
import { AppLink, useGo } from "@kit/nav";
import { Page } from "@kit/Page";
import { Picker } from "@kit/Picker";
import { useMay } from "@kit/session";
import { WhyLink } from "@kit/Timeline";
import { StatusTag } from "@kit/tags";
import { UploadBox } from "@kit/UploadBox";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type CreditFact, type CreditFactRow, points, STATES } from "./words";

interface NewFact {
  subject: string;
  code: string;
  happened: string;
  note: string;
  files?: StoredFile[];
}

/** CR-01, CR-02: the ledger, and what waits for a person's confirmation. */
export default function CreditFacts() {
  const { t } = useTranslation();
  const go = useGo();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  return (
    <Page
      title={t("信用事实")}
      note={t("有利事实当即计入，不利事实由一人确认，严重的由两名不同的人员确认；确认前不计入评分。")}
    >
      <CrudTable<CreditFactRow>
        name="credit-facts"
        path="/credit-facts"
        live={["credit."]}
        sort="-proposed_at"
        rowKey={(row) => row.id}
        filters={[
          {
            key: "state",
            label: "状态",
            options: [
              ...(may("credit:approve") ? [{ value: "waiting", label: "等待确认" }] : []),
              ...Object.entries(STATES).map(([value, [, label]]) => ({ value, label })),
            ],
          },
          { key: "q", label: "名称", placeholder: "单位、事实" },
          {
            key: "direction",
            label: "方向",
            options: [
              { value: "adverse", label: "不利" },
              { value: "positive", label: "有利" },
            ],
          },
          {
            key: "subject_kind",
            label: "主体",
            options: [
              { value: "enterprise", label: "企业" },
              { value: "service_org", label: "服务机构" },
              { value: "expert", label: "专家" },
            ],
          },
          { key: "region", label: "区域", type: "region" },
        ]}
        empty={t("还没有信用事实。隐患整改、报警处置、检查评价发生后，系统按目录自动提出。")}
        actions={
          may("credit:register") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("登记事实")}
            </Button>
          )
        }
        columns={[
          {
            key: "name",
            title: "事实",
            render: (row) => (
              <>
                <AppLink to={`/credit-facts/${row.id}`}>{row.name}</AppLink>
                {row.serious && <StatusTag tone="bad">{t("严重")}</StatusTag>}
                <div className="quiet">{row.basis}</div>
              </>
            ),
          },
          {
            key: "org_name",
            title: "单位",
            render: (row) => <AppLink to={`/credit-scores/${row.subject}`}>{row.org_name}</AppLink>,
          },
          {
            key: "points",
            title: "分值",
            sort: true,
            align: "right",
            render: (row) => <span className={row.points < 0 ? "bad" : "good"}>{points(row.points)}</span>,
          },
          {
            key: "state",
            title: "状态",
            render: (row) => <StatusTag tone={STATES[row.state]?.[0]}>{t(row.state_name)}</StatusTag>,
          },
          { key: "proposed_at", title: "提出时间", sort: true, wide: true, render: (row) => dateTime(row.proposed_at) },
          { key: "valid_to", title: "计分至", sort: true, wide: true, render: (row) => dateOnly(row.valid_to) },
          { key: "why", title: "起因", wide: true, render: (row) => <WhyLink event={row.source_event} /> },
          { key: "edition", title: "目录版本", hidden: true, render: (row) => row.edition },
        ]}
      />
      <FormDialog<NewFact, CreditFact>
        title="登记事实"
        open={adding}
        close={() => setAdding(false)}
        draft="credit-fact"
        refresh={["/credit-facts", "/home"]}
        done={(answer) => go(`/credit-facts/${answer.id}`)}
        send={async ({ subject, code, happened, note, files }, header) =>
          dataOf(
            await client.POST("/credit-facts", {
              params: { header },
              body: {
                subject,
                code,
                note,
                happened_at: `${happened}T00:00:00+08:00`,
                evidence: (files ?? []).map((file) => file.digest),
              },
            }),
          )
        }
        consequence={t("一般事实登记后立即计入评分并通知企业；严重事实还须另一名人员确认。")}
      >
        <Fields />
      </FormDialog>
    </Page>
  );
}

function Fields() {
  const { t } = useTranslation();
  const { data } = useGet("/credit-catalogue");
  const must = (label: string) => [{ required: true, message: `${t("请填写")}${t(label)}` }];
  const kinds = (data?.kinds ?? []).filter((kind) => kind.manual);
  return (
    <>
      <Form.Item name="subject" label={t("单位")} rules={must("单位")}>
        <Picker of="enterprise" />
      </Form.Item>
      <Form.Item
        name="code"
        label={t("事实")}
        rules={must("事实")}
        extra={data?.example ? t("示例目录，未经主管部门确认") : ""}
      >
        <Select
          options={kinds.map((kind) => ({ value: kind.code, label: `${t(kind.name)} ${points(kind.points)}` }))}
        />
      </Form.Item>
      <Form.Item name="happened" label={t("发生日期")} rules={must("发生日期")}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="note" label={t("文书与内容")} rules={must("文书与内容")}>
        <Input.TextArea rows={3} maxLength={500} showCount />
      </Form.Item>
      <Form.Item name="files" label={t("证明材料")}>
        <UploadBox />
      </Form.Item>
    </>
  );
}
