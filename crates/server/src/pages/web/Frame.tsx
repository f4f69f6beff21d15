import "./calc.css";
import { setLanguage } from "@kit/i18n";
import { AppLink } from "@kit/nav";
import { setPrefs, usePrefs } from "@kit/prefs";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** What stands around a page that needs no login. */
export function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { lang } = usePrefs();
  const other = lang === "zh" ? "en" : "zh";
  return (
    <div className="public">
      <header className="public-head">
        <AppLink to="/calc" className="brand">
          <img src="/favicon.svg" alt="" width={26} height={26} />
          <span>{t("安澜 安全生产计算器")}</span>
        </AppLink>
        <AppLink to="/">{t("工作台")}</AppLink>
        <button
          type="button"
          className="icon-button"
          lang={other === "en" ? "en" : "zh-CN"}
          aria-label={other === "en" ? "EN: switch to English" : "中：切换为中文"}
          onClick={() => {
            setPrefs({ lang: other });
            void setLanguage(other);
          }}
        >
          {other === "en" ? "EN" : "中"}
        </button>
      </header>
      <main id="main" className="public-main">
        {children}
      </main>
      <footer className="public-foot">
        {t("按公开标准和法规计算，不保存输入；正式文书请以原文和主管部门意见为准。")}
      </footer>
    </div>
  );
}
