import type { ApiError } from "@api/client";
import { useWrite } from "@api/write";
import { App, Button, Form, Modal } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { dropDraft, loadDraft, saveDraft } from "./drafts";
import { showProblem } from "./formProblem";
import { ProblemAlert } from "./Problem";

interface Props<V extends object, R> {
  title: string;
  open: boolean;
  close: () => void;
  send: (values: V, headers: { "Idempotency-Key": string }) => Promise<R>;
  /** Paths whose answers change by this write. */
  refresh?: string[];
  done?: (answer: R, values: V) => void;
  initial?: Partial<V>;
  /** Saves what is typed under this name until it was sent. */
  draft?: string;
  okText?: string;
  danger?: boolean;
  /** What happens next and who is told: shown above the buttons of what cannot be undone. */
  consequence?: ReactNode;
  success?: string;
  width?: number;
  children: ReactNode;
}

/** A form in a dialog: fields keep their refusals, a retry is sent once, and what was typed survives a crash. */
export function FormDialog<V extends object, R>(props: Props<V, R>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<V>();
  const [error, setError] = useState<ApiError | null>(null);
  const [restored, setRestored] = useState(false);
  const { open, draft, initial } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the form is filled when it opens, not whenever its defaults are rebuilt
  useEffect(() => {
    if (!open) return;
    setError(null);
    form.resetFields();
    const kept = draft ? loadDraft(draft, Date.now()) : null;
    setRestored(Boolean(kept));
    form.setFieldsValue({ ...initial, ...kept } as Parameters<typeof form.setFieldsValue>[0]);
  }, [open]);
  const write = useWrite<V, R>(props.send, {
    refresh: props.refresh,
    done: (answer, values) => {
      if (draft) dropDraft(draft);
      message.success(props.success ? t(props.success) : t("已保存"));
      props.close();
      props.done?.(answer, values);
    },
    failed: (refusal) => setError(showProblem(form, refusal)),
  });
  const discard = () => {
    if (draft) dropDraft(draft);
    setRestored(false);
    form.resetFields();
    form.setFieldsValue({ ...initial } as Parameters<typeof form.setFieldsValue>[0]);
  };
  return (
    <Modal
      title={t(props.title)}
      open={open}
      onCancel={props.close}
      width={props.width ?? 560}
      okText={props.okText ? t(props.okText) : t("提交")}
      cancelText={t("取消")}
      okButtonProps={{ danger: props.danger, loading: write.isPending }}
      onOk={() => form.submit()}
      mask={{ closable: false }}
      destroyOnHidden
    >
      {restored && (
        <p className="row quiet">
          {t("已恢复上次没有提交的内容。")}
          <Button type="link" size="small" onClick={discard}>
            {t("清空重填")}
          </Button>
        </p>
      )}
      <Form<V>
        form={form}
        layout="vertical"
        preserve={false}
        scrollToFirstError
        onValuesChange={(_, all) => draft && saveDraft(draft, all as Record<string, unknown>, Date.now())}
        onFinish={(values) => write.mutate(values)}
      >
        {props.children}
      </Form>
      <ProblemAlert error={error} />
      {props.consequence && <p className="quiet">{props.consequence}</p>}
    </Modal>
  );
}
