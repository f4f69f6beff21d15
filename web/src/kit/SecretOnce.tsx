import { Alert, Button, Modal, Typography } from "antd";
import { useTranslation } from "react-i18next";

/** A secret that the server tells once: shown to be copied, and gone with the dialog. */
export function SecretOnce({
  title,
  open,
  close,
  items,
}: {
  title: string;
  open: boolean;
  close: () => void;
  items: [label: string, value: string][];
}) {
  const { t } = useTranslation();
  return (
    <Modal
      title={t(title)}
      open={open}
      closable={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={close}>
          {t("我已保存")}
        </Button>
      }
    >
      <div className="stack">
        <Alert type="warning" showIcon title={t("只显示这一次，请立即保存并妥善交付；关闭后无法再次查看。")} />
        {items.map(([label, value]) => (
          <div key={label}>
            <div className="quiet">{t(label)}</div>
            <Typography.Text className="mono" copyable>
              {value}
            </Typography.Text>
          </div>
        ))}
      </div>
    </Modal>
  );
}
