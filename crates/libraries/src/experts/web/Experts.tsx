import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, number } from "@kit/format";
import { AppLink, useGo } from "@kit/nav";
import { Page } from "@kit/Page";
import { useMay, useMe } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button, Form, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ExpertFields } from "./ExpertFields";
import { choices, type ExpertRow } from "./words";

/** The library: who knows what, whose papers are in order, and what they have done. */
export default function Experts() {
  const { t } = useTranslation();
  const go = useGo();
  const me = useMe();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const { data: terms } = useGet("/expert-terms");
  const { data: people } = useGet("/service-orgs/{id}/people", {
    path: { id: me?.org ?? "" },
    query: { "page[size]": "200" },
    enabled: adding,
  });
  return (
    <Page
      title={t("专家库")}
      note={terms && `${t("专业分类版本")} ${terms.edition}${terms.example ? t("（示例）") : ""}`}
      extra={<Button onClick={() => go("/expert-search")}>{t("查找专家")}</Button>}
    >
      <CrudTable<ExpertRow>
        name="experts"
        path="/experts"
        live={["expert.", "org.person."]}
        sort="name"
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "姓名", placeholder: "姓名、职称" },
          { key: "skill", label: "专业", options: choices(terms?.skills, t) },
          { key: "org", label: "机构", type: "org" },
        ]}
        empty={t("专家库里还没有人。服务机构在人员名录登记后，在这里登记专业入库。")}
        actions={
          may("experts:register") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("专家入库")}
            </Button>
          )
        }
        columns={[
          {
            key: "name",
            title: "姓名",
            sort: true,
            render: (row) => (
              <>
                <AppLink to={`/experts/${row.id}`}>{row.name}</AppLink>
                {row.title && <div className="quiet">{row.title}</div>}
              </>
            ),
          },
          {
            key: "org",
            title: "机构",
            sort: true,
            render: (row) => <AppLink to={`/expert-orgs/${encodeURIComponent(row.org)}`}>{row.org_name}</AppLink>,
          },
          { key: "skills", title: "专业", render: (row) => row.skill_names.map((name) => t(name)).join("、") },
          { key: "done", title: "已完成服务", align: "right", render: (row) => number(row.done) },
          { key: "open", title: "在办任务", align: "right", wide: true, render: (row) => number(row.open) },
          {
            key: "papers",
            title: "证书与聘期",
            render: (row) =>
              row.lapsed ? (
                <StatusTag tone="bad">{t("有过期")}</StatusTag>
              ) : row.next_expiry ? (
                `${t("至")} ${dateOnly(row.next_expiry)}`
              ) : (
                <span className="quiet">{t("未登记")}</span>
              ),
          },
        ]}
      />
      <FormDialog<Schema["ExpertForm"], Schema["ExpertView"]>
        title="专家入库"
        open={adding}
        close={() => setAdding(false)}
        draft="expert"
        refresh={["/experts", "/expert-orgs"]}
        done={(answer) => go(`/experts/${answer.id}`)}
        send={async (body, header) => dataOf(await client.POST("/experts", { params: { header }, body }))}
      >
        <Form.Item
          name="person"
          label={t("人员")}
          rules={[{ required: true, message: t("请选择人员") }]}
          extra={
            me && <AppLink to={`/service-orgs/${encodeURIComponent(me.org)}`}>{t("名录里没有？先登记人员")}</AppLink>
          }
        >
          <Select
            showSearch={{ optionFilterProp: "label" }}
            options={(people?.items ?? []).map((person) => ({
              value: person.id,
              label: [person.name, person.post].filter(Boolean).join(" · "),
            }))}
          />
        </Form.Item>
        <ExpertFields terms={terms} />
      </FormDialog>
    </Page>
  );
}
