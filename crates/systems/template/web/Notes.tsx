import { client, dataOf } from "@api/client";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateTime } from "@kit/format";
import { Page } from "@kit/Page";
import { useMay } from "@kit/session";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TemplateNote } from "./api";

/** The list, and the form that adds to it. */
export default function Notes() {
  const { t } = useTranslation();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  return (
    <Page title={t("模板")}>
      <CrudTable<TemplateNote>
        name="template-notes"
        path="/template/notes"
        live={["template.note"]}
        rowKey={(row) => row.id}
        empty={t("还没有记录。")}
        actions={
          may("template:register") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("登记")}
            </Button>
          )
        }
        columns={[
          { key: "enterprise", title: "企业", render: (row) => row.enterprise_name },
          { key: "text", title: "内容", render: (row) => row.text },
          { key: "created_at", title: "时间", sort: true, render: (row) => dateTime(row.created_at) },
        ]}
      />
      <FormDialog<{ text: string }, unknown>
        title="登记"
        open={adding}
        close={() => setAdding(false)}
        initial={{}}
        refresh={["/template/notes"]}
        send={async (body, header) => dataOf(await client.POST("/template/notes", { params: { header }, body }))}
      >
        <Form.Item name="text" label={t("内容")} rules={[{ required: true, message: t("请填写内容") }]}>
          <Input.TextArea maxLength={200} rows={3} />
        </Form.Item>
      </FormDialog>
    </Page>
  );
}
