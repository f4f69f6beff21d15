import { client, dataOf } from "@api/client";
import type { Org, Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { useMay } from "@kit/session";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SUBJECT_OPTIONS, SUBJECTS } from "./words";

/** Where an organisation's own page is; a government body has none. */
const PAGES: Record<string, string> = {
  enterprise: "/enterprises",
  insurer: "/insurers",
  service_org: "/service-orgs",
};

export default function Orgs() {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const may = useMay();
  return (
    <Page title={t("机构")}>
      <CrudTable<Org>
        name="orgs"
        path="/orgs"
        rowKey={(row) => row.id}
        filters={[
          { key: "q", label: "名称" },
          { key: "subject", label: "主体", options: SUBJECT_OPTIONS },
          { key: "region", label: "区域", type: "region" },
        ]}
        empty={t("还没有机构。")}
        actions={
          may("government:register") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("登记机构")}
            </Button>
          )
        }
        columns={[
          { key: "id", title: "编号", sort: true, render: (row) => <span className="mono">{row.id}</span> },
          {
            key: "name",
            title: "名称",
            sort: true,
            render: (row) =>
              PAGES[row.subject] ? <AppLink to={`${PAGES[row.subject]}/${row.id}`}>{row.name}</AppLink> : row.name,
          },
          { key: "subject", title: "主体", sort: true, render: (row) => t(SUBJECTS[row.subject] ?? row.subject) },
          {
            key: "uscc",
            title: "信用代码",
            wide: true,
            render: (row) => <span className="mono">{row.uscc ?? "—"}</span>,
          },
          { key: "region", title: "区域", render: (row) => row.region_name },
          {
            key: "users",
            title: "用户数",
            align: "right",
            render: (row) =>
              row.users !== undefined && row.users !== null ? (
                <AppLink to={`/users?org=${row.id}`}>{number(row.users)}</AppLink>
              ) : (
                number(row.users)
              ),
          },
        ]}
      />
      <FormDialog<Schema["OrgForm"], Org>
        title="登记机构"
        open={adding}
        close={() => setAdding(false)}
        refresh={["/orgs"]}
        send={async (body, header) => dataOf(await client.POST("/orgs", { params: { header }, body: { ...body } }))}
        success="机构已登记，可以为其新增用户"
      >
        <Form.Item name="subject" label={t("主体")} rules={[{ required: true, message: t("请选择主体") }]}>
          <Select
            options={SUBJECT_OPTIONS.filter((each) => each.value !== "enterprise").map((each) => ({
              ...each,
              label: t(each.label),
            }))}
          />
        </Form.Item>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, message: t("请填写名称") }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="id" label={t("编号（不填则自动生成）")}>
          <Input maxLength={30} />
        </Form.Item>
        <Form.Item name="uscc" label={t("信用代码")} normalize={(value: string) => value.trim().toUpperCase()}>
          <Input maxLength={18} className="mono" />
        </Form.Item>
        <Form.Item
          name="region"
          label={t("行政区划代码")}
          rules={[{ required: true, message: t("请填写行政区划代码") }]}
        >
          <Input maxLength={12} inputMode="numeric" />
        </Form.Item>
        <Form.Item name="sectors" label={t("行业领域（行业部门填写）")}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
      </FormDialog>
    </Page>
  );
}
