import { DownloadOutlined, LeftOutlined, PrinterOutlined, ReloadOutlined, RightOutlined } from "@ant-design/icons";
import { API } from "@api/client";
import type { ListOf } from "@api/types";
import { Button, Checkbox, Dropdown, Select, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { dateTime } from "./format";
import { toSearch } from "./nav";
import { now } from "./now";
import { setPrefs, usePrefs } from "./prefs";
import { useMe } from "./session";
import { type ListState, PAGE_SIZES } from "./useList";

/** The same rows as a workbook: same filters and order, all pages. */
export function exportUrl(
  path: string,
  params: Record<string, string> | undefined,
  query: Record<string, string | undefined>,
  format: "xlsx" | "csv",
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params?.[name] ?? ""));
  const { "page[size]": _size, "page[cursor]": _cursor, ...rest } = query;
  return API + filled + toSearch({ ...rest, format });
}

interface ToolbarProps {
  path: string;
  params?: Record<string, string>;
  query: Record<string, string | undefined>;
  actions?: ReactNode;
  settings: ReactNode;
  exports: boolean;
  refresh: () => void;
}

/** What can be done with the list (left), and how it is shown and taken away (right). */
export function Toolbar({ path, params, query, actions, settings, exports, refresh }: ToolbarProps) {
  const { t } = useTranslation();
  const { compact } = usePrefs();
  const download = (format: "xlsx" | "csv") => (
    <a href={exportUrl(path, params, query, format)}>{format === "xlsx" ? t("Excel 工作簿") : t("CSV 文件")}</a>
  );
  return (
    <div className="toolbar">
      <div className="row">{actions}</div>
      <div className="row">
        <Checkbox
          className="not-phone"
          checked={compact}
          onChange={(event) => setPrefs({ compact: event.target.checked })}
        >
          {t("紧凑")}
        </Checkbox>
        {exports && (
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                { key: "xlsx", label: download("xlsx") },
                { key: "csv", label: download("csv") },
              ],
            }}
          >
            <Button icon={<DownloadOutlined />}>{t("导出")}</Button>
          </Dropdown>
        )}
        <Button className="not-phone" icon={<PrinterOutlined />} onClick={() => window.print()}>
          {t("打印")}
        </Button>
        {settings}
        <Tooltip title={t("刷新")}>
          <Button icon={<ReloadOutlined />} aria-label={t("刷新")} onClick={refresh} />
        </Tooltip>
      </div>
    </div>
  );
}

/** Cursor paging: forward, back, to the start. Page numbers cannot be jumped to, so none are offered. */
export function Pager({ list, answer }: { list: ListState; answer: ListOf<unknown> }) {
  const { t } = useTranslation();
  return (
    <nav className="pager" aria-label={t("翻页")}>
      <span>
        {answer.total_exact ? t("共") : t("约")} {answer.total.toLocaleString("zh-CN")} {t("条")}
      </span>
      <Select
        aria-label={t("每页条数")}
        value={list.size}
        onChange={list.setSize}
        options={PAGE_SIZES.map((size) => ({ value: size, label: `${size} ${t("条/页")}` }))}
      />
      <Button icon={<LeftOutlined />} disabled={list.page <= 1} onClick={list.back}>
        {t("上一页")}
      </Button>
      <span>
        {t("第")} {list.page} {t("页")}
      </span>
      <Button
        icon={<RightOutlined />}
        iconPlacement="end"
        disabled={!answer.next}
        onClick={() => answer.next && list.forward(answer.next)}
      >
        {t("下一页")}
      </Button>
    </nav>
  );
}

/** Who prints, and when, is written on the paper. */
export function PrintMark() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <p className="print-mark">
      {t("打印")}：{me?.person} {me?.username} {dateTime(now())}
    </p>
  );
}
