import { Drawer } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { AppLink } from "./nav";

/** A quick look beside the list, with the way to the full page. */
export function DrawerLook({
  title,
  link,
  open,
  close,
  children,
}: {
  title: string;
  link: string;
  open: boolean;
  close: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Drawer
      title={title}
      open={open}
      onClose={close}
      size={520}
      destroyOnHidden
      extra={<AppLink to={link}>{t("详情")}</AppLink>}
    >
      {children}
    </Drawer>
  );
}
