import { client, dataOf } from "@api/client";
import type { Schema } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { choices } from "./words";

interface Props {
  org: string;
  /** Nobody for a qualification of the organisation. */
  person?: string;
  kinds: Schema["ExpertTerm"][] | undefined;
  skills?: Schema["ExpertSkill"][];
  open: boolean;
  close: () => void;
}

/** Enters a certificate, or renews the one with the same kind and number. */
export function CertificateDialog({ org, person, kinds, skills, open, close }: Props) {
  const { t } = useTranslation();
  return (
    <FormDialog<Schema["QualificationForm"], unknown>
      title={person ? "登记或更新证书" : "登记或更新资质"}
      open={open}
      close={close}
      refresh={["/service-orgs", "/experts", "/expert-orgs", "/home", "/tasks"]}
      send={async (body, header) =>
        dataOf(
          await client.POST("/service-orgs/{id}/qualifications", {
            params: { path: { id: org }, header },
            body: { ...body, person },
          }),
        )
      }
      consequence={t("同一种类、同一编号再次登记即为续期；到期前 30 日提醒。")}
    >
      <Form.Item name="kind" label={t("种类")} rules={[{ required: true, message: t("请选择种类") }]}>
        <Select options={choices(kinds, t)} />
      </Form.Item>
      <Form.Item name="number" label={t("编号")} rules={[{ required: true, message: t("请填写编号") }]}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      {skills && (
        <Form.Item name="skills" label={t("适用专业（不选为全部）")}>
          <Select mode="multiple" options={choices(skills, t)} />
        </Form.Item>
      )}
      <Form.Item name="valid_to" label={t("有效期至")} rules={[{ required: true, message: t("请填写有效期") }]}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="verified_against" label={t("核对来源")}>
        <Input maxLength={60} placeholder={t("如注册查询系统名称")} />
      </Form.Item>
    </FormDialog>
  );
}
