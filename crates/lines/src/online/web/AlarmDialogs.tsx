import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Alarm, StoredFile } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { number, unitSign } from "@kit/format";
import { OpinionField } from "@kit/OpinionField";
import { UploadBox } from "@kit/UploadBox";
import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";

const TOUCHED = ["/alarms", "/desk", "/timeline", "/home", "/notifications"];
export type Step = "acknowledge" | "explain" | "clear";

/** The dialogs of the three steps; loaded when someone takes one. */
export default function AlarmDialogs({ alarm, step, close }: { alarm: Alarm; step: Step | null; close: () => void }) {
  return (
    <>
      <Acknowledge alarm={alarm} open={step === "acknowledge"} close={close} />
      <Explain alarm={alarm} open={step === "explain"} close={close} />
      <Clear alarm={alarm} open={step === "clear"} close={close} />
    </>
  );
}

interface StepProps {
  alarm: Alarm;
  open: boolean;
  close: () => void;
}

function Subject({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation();
  return (
    <p className="stack">
      <strong>
        {alarm.enterprise_name} {alarm.tag_name}
      </strong>
      <span>
        {number(alarm.value)} {unitSign(alarm.unit)}，{t("限值")} {number(alarm.limit)} {unitSign(alarm.unit)}
      </span>
    </p>
  );
}

function Acknowledge({ alarm, open, close }: StepProps) {
  const { t } = useTranslation();
  return (
    <FormDialog<{ note?: string }, Alarm>
      title="签收预警"
      open={open}
      close={close}
      refresh={TOUCHED}
      okText="签收"
      success="已签收"
      send={async (body, header) =>
        dataOf(await client.POST("/alarms/{id}/acknowledge", { params: { path: { id: alarm.id }, header }, body }))
      }
      consequence={t("签收表示已知晓并开始处置；签收后开始计算说明原因的时限。")}
    >
      <Subject alarm={alarm} />
      <OpinionField name="note" label="处置情况" phrases={["已通知现场核实", "已派人到现场", "检修作业引起，已核实"]} />
    </FormDialog>
  );
}

interface Explanation {
  cause_code: string;
  text: string;
  measure: string;
  files?: StoredFile[];
}

function Explain({ alarm, open, close }: StepProps) {
  const { t } = useTranslation();
  const { data: causes } = useGet("/cause-codes", { enabled: open });
  return (
    <FormDialog<Explanation, Alarm>
      title="说明原因"
      open={open}
      close={close}
      draft={`explain.${alarm.id}`}
      refresh={TOUCHED}
      success="已提交说明"
      send={async ({ files, ...body }, header) =>
        dataOf(
          await client.POST("/alarms/{id}/explain", {
            params: { path: { id: alarm.id }, header },
            body: { ...body, files: (files ?? []).map((file) => file.digest) },
          }),
        )
      }
      consequence={t("说明会进入存证日志，监管部门可以查看；数值恢复正常后方可消警。")}
    >
      <Subject alarm={alarm} />
      <Form.Item name="cause_code" label={t("原因类别")} rules={[{ required: true, message: t("请选择原因类别") }]}>
        <Select options={(causes ?? []).map((cause) => ({ value: cause.code, label: cause.title }))} />
      </Form.Item>
      <OpinionField name="text" label="原因说明" min={5} />
      <OpinionField
        name="measure"
        label="已采取的措施"
        phrases={["已隔离并更换部件", "已调整工艺参数，数值恢复", "已校准仪表"]}
      />
      <Form.Item name="files" label={t("现场照片、检定证书等")}>
        <UploadBox />
      </Form.Item>
    </FormDialog>
  );
}

function Clear({ alarm, open, close }: StepProps) {
  const { t } = useTranslation();
  return (
    <FormDialog<{ note?: string }, Alarm>
      title="消警"
      open={open}
      close={close}
      refresh={TOUCHED}
      okText="消警"
      success="已消警"
      send={async (body, header) =>
        dataOf(await client.POST("/alarms/{id}/clear", { params: { path: { id: alarm.id }, header }, body }))
      }
      consequence={t("消警后此次预警结束；再次越限会产生新的预警。")}
    >
      <Subject alarm={alarm} />
      <OpinionField name="note" label="消警意见" required={false} phrases={["原因清楚，措施到位，数值已恢复"]} />
    </FormDialog>
  );
}
