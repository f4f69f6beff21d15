import { client } from "@api/client";
import { FormDialog } from "@kit/FormDialog";
import { OpinionField } from "@kit/OpinionField";
import { Form, Input } from "antd";
import { useTranslation } from "react-i18next";

/** Handing over is an act of the person: confirmed by password, and never called a cryptographic signature. */
export default function HandoverDialog({
  shift,
  openAlarms,
  close,
}: {
  shift: string;
  openAlarms: number;
  close: () => void;
}) {
  const { t } = useTranslation();
  return (
    <FormDialog<{ to_note: string; password: string }, unknown>
      title="交班"
      open
      close={close}
      draft="handover"
      refresh={["/desk", "/shifts"]}
      okText="签名并交班"
      success="已交班"
      send={(body, header) => client.POST("/shifts/{id}/handover", { params: { path: { id: shift }, header }, body })}
      consequence={`${t("目前未处置完的预警")} ${openAlarms} ${t("条，将转由接班人负责。以登录密码确认作为本次交班的签名，记入存证日志。")}`}
    >
      <OpinionField name="to_note" label="交班事项" phrases={["无遗留事项", "未处置完的预警已逐条说明"]} />
      <Form.Item name="password" label={t("登录密码")} rules={[{ required: true, message: t("请填写登录密码") }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
    </FormDialog>
  );
}
