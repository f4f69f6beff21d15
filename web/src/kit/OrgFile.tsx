import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Person, Schema } from "@api/types";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CrudTable } from "./CrudTable";
import { DetailPage, Pairs } from "./DetailPage";
import { FormDialog } from "./FormDialog";
import { maskId, maskPhone, number } from "./format";
import { useParam } from "./nav";
import { Panel } from "./Page";
import { useMay } from "./session";

interface Props {
  path: "/insurers" | "/service-orgs";
  /** Who may enter people, as `part:action`. */
  edit: string;
}

/** The file of an insurer or a service organisation: what it is, and its people. */
export function OrgFile({ path, edit }: Props) {
  const { t } = useTranslation();
  const may = useMay();
  const id = useParam("id");
  const [adding, setAdding] = useState(false);
  const { data, error, refetch } = useGet(`${path}/{id}`, { path: { id } });
  return (
    <DetailPage title={data?.name} loading={!data} error={error} retry={() => void refetch()}>
      <Panel title={t("基本信息")}>
        <Pairs
          items={[
            { label: t("编号"), value: data?.id },
            { label: t("信用代码"), value: data?.uscc },
            { label: t("区域"), value: data?.region_name },
            { label: t("行业领域"), value: data?.sectors.join("、") },
            { label: t("人员"), value: number(data?.people) },
            { label: t("授权给它查看的企业"), value: number(data?.enterprises) },
          ]}
        />
      </Panel>
      {typeof data?.people === "number" && (
        <CrudTable<Person>
          name="org-people"
          path={`${path}/{id}/people`}
          params={{ id }}
          rowKey={(row) => row.id}
          empty={t("还没有登记人员。")}
          actions={
            may(edit) && (
              <Button type="primary" onClick={() => setAdding(true)}>
                {t("登记人员")}
              </Button>
            )
          }
          columns={[
            { key: "name", title: "姓名", sort: true, render: (row) => row.name },
            { key: "post", title: "岗位", render: (row) => row.post },
            { key: "specialities", title: "专业特长", render: (row) => row.specialities.join("、") || "—" },
            { key: "phone", title: "电话", render: (row) => maskPhone(row.phone) },
            { key: "id_number", title: "身份证号", hidden: true, render: (row) => maskId(row.id_number) },
          ]}
        />
      )}
      <FormDialog<Schema["PersonForm"], unknown>
        title="登记人员"
        open={adding}
        close={() => setAdding(false)}
        refresh={[path]}
        send={async (body, header) =>
          dataOf(await client.POST(`${path}/{id}/people`, { params: { path: { id }, header }, body }))
        }
      >
        <PersonFields />
      </FormDialog>
    </DetailPage>
  );
}

/** A person as every register takes one. */
export function PersonFields({ expert = true }: { expert?: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="name" label={t("姓名")} rules={[{ required: true, message: t("请填写姓名") }]}>
        <Input maxLength={30} autoComplete="off" />
      </Form.Item>
      <Form.Item name="post" label={t("岗位（多个用顿号隔开）")}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="phone" label={t("电话")}>
        <Input inputMode="tel" maxLength={20} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="id_number"
        label={t("身份证号（GB 11643-1999）")}
        normalize={(value: string) => value.trim().toUpperCase()}
      >
        <Input maxLength={18} autoComplete="off" />
      </Form.Item>
      {expert && (
        <Form.Item name="specialities" label={t("专业特长")}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
      )}
    </>
  );
}
