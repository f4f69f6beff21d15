import { API } from "@api/client";
import { Button, Modal } from "antd";
import { useTranslation } from "react-i18next";

/** The code to put on the door or the machine; it opens the object's page. */
export function QrDialog({
  kind,
  id,
  title,
  open,
  close,
}: {
  kind: "enterprise" | "site" | "hazard-source";
  id: string;
  title: string;
  open: boolean;
  close: () => void;
}) {
  const { t } = useTranslation();
  const url = `${API}/qr/${kind}/${encodeURIComponent(id)}.svg`;
  return (
    <Modal
      title={t("二维码")}
      open={open}
      onCancel={close}
      width={360}
      footer={[
        <Button key="save" href={url} download={`${title}.svg`}>
          {t("下载")}
        </Button>,
        <Button key="close" type="primary" onClick={close}>
          {t("关闭")}
        </Button>,
      ]}
    >
      <div className="qr">
        {open && <img src={url} alt={`${title} ${t("二维码")}`} width={240} height={240} />}
        <strong>{title}</strong>
        <span className="quiet">{t("扫码打开页面，可打印张贴")}</span>
      </div>
    </Modal>
  );
}
