import { SettingOutlined } from "@ant-design/icons";
import { Button, Checkbox, Popover } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { read, write } from "./prefs";

interface Choosable {
  key: string;
  title: string;
  hidden?: boolean;
}

/** Which columns this person wants; remembered per list in this browser. */
export function useColumns<C extends Choosable>(name: string, columns: C[]): { shown: C[]; settings: ReactNode } {
  const { t } = useTranslation();
  const key = `anlan.columns.${name}`;
  const [chosen, setChosen] = useState<Record<string, boolean>>(
    () => (read(key) as Record<string, boolean> | null) ?? {},
  );
  const isOn = (column: C) => chosen[column.key] ?? !column.hidden;
  const shown = columns.filter(isOn);
  const toggle = (column: C, on: boolean) => {
    const next = { ...chosen, [column.key]: on };
    setChosen(next);
    write(key, next);
  };
  const settings = (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t("显示的列")}
      content={
        <div className="columns-menu">
          {columns.map((column) => (
            <Checkbox
              key={column.key}
              checked={isOn(column)}
              disabled={shown.length === 1 && isOn(column)}
              onChange={(event) => toggle(column, event.target.checked)}
            >
              {t(column.title)}
            </Checkbox>
          ))}
        </div>
      }
    >
      <Button icon={<SettingOutlined />}>{t("列设置")}</Button>
    </Popover>
  );
  return { shown, settings };
}
