import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Enterprise } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { useTranslation } from "react-i18next";
import { EnterpriseFields, type EnterpriseForm, OwnFields } from "./EnterpriseFields";

interface Props {
  id: string;
  /** The county changes the record; the enterprise confirms its own. */
  own: boolean;
  open: boolean;
  close: () => void;
}

/** The register's fields of this enterprise, read afresh when the dialog opens; only what was changed is sent. */
export function EditDialog({ id, own, open, close }: Props) {
  const { t } = useTranslation();
  const { data } = useGet("/enterprises/{id}", { path: { id }, enabled: open });
  const initial = data && formOf(data);
  const send = async (body: EnterpriseForm, header: { "Idempotency-Key": string }) => {
    const init = { params: { path: { id }, header }, body: { ...changed(initial ?? {}, body) } };
    return dataOf(
      own ? await client.PUT("/enterprises/{id}/profile", init) : await client.PUT("/enterprises/{id}", init),
    );
  };
  return (
    <FormDialog<EnterpriseForm, Enterprise>
      title={own ? "确认档案" : "修改登记"}
      open={open && Boolean(data)}
      close={close}
      initial={initial}
      refresh={["/enterprises", "/timeline", "/home"]}
      send={send}
      okText={own ? "确认无误" : "提交"}
      success={own ? "已确认" : "已保存"}
      consequence={
        own
          ? t("没有变化的直接确认；有变化的改好再确认。名称、信用代码和区域由监管部门修改。")
          : t("修改前后的内容都会留存在存证日志中。")
      }
      width={760}
    >
      {own ? <OwnFields /> : <EnterpriseFields />}
    </FormDialog>
  );
}

function formOf(data: Enterprise): EnterpriseForm {
  const { contact_name, contact_phone } = data;
  return {
    name: data.name,
    uscc: data.uscc,
    region: data.region,
    industry: data.industry,
    gbt4754: data.gbt4754 ?? undefined,
    employees: data.employees ?? undefined,
    tags: data.tags,
    sectors: data.sectors,
    address: data.address ?? undefined,
    lon: data.lon ?? undefined,
    lat: data.lat ?? undefined,
    contact_name: contact_name ?? undefined,
    contact_phone: contact_phone ?? undefined,
  };
}

/** A masked phone that nobody touched must not be written back as the phone. */
export function changed(before: EnterpriseForm, after: EnterpriseForm): EnterpriseForm {
  const keys = Object.keys(after) as (keyof EnterpriseForm)[];
  return Object.fromEntries(
    keys
      .filter((key) => JSON.stringify(before[key] ?? "") !== JSON.stringify(after[key] ?? ""))
      .map((key) => [key, after[key] ?? ""]),
  );
}
