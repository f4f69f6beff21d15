import { App, ConfigProvider, theme } from "antd";
import zhCN from "antd/locale/zh_CN";
import { type ReactNode, useEffect, useState } from "react";
import { usePrefs } from "./prefs";

/** Brand blue and description grey keep 4.5:1 on white, which Ant Design's defaults do not. */
const light = {
  colorPrimary: "#0958d9",
  colorPrimaryHover: "#003eb3",
  colorLink: "#0958d9",
  colorTextDescription: "#595959",
  colorTextPlaceholder: "#6b6b6b",
  colorTextTertiary: "#595959",
  colorError: "#cf1322",
  borderRadius: 4,
  fontFamily:
    '-apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif',
};

/** Colours, size and language of Ant Design. Motion stops for people who ask for it and for test drivers, which would catch half-faded pages. */
export function Theme({ dark = false, children }: { dark?: boolean; children: ReactNode }) {
  const { lang, large } = usePrefs();
  const [locale, setLocale] = useState(zhCN);
  useEffect(() => {
    if (lang === "zh") setLocale(zhCN);
    else void import("antd/locale/en_US").then((module) => setLocale(module.default));
  }, [lang]);
  useEffect(() => {
    document.documentElement.classList.toggle("large", large);
  }, [large]);
  const still = navigator.webdriver || matchMedia("(prefers-reduced-motion: reduce)").matches;
  return (
    <ConfigProvider
      locale={locale}
      theme={{
        algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: {
          ...(dark
            ? {
                ...light,
                colorPrimary: "#3c89e8",
                colorPrimaryHover: "#69b1ff",
                colorLink: "#69b1ff",
                colorTextDescription: "#b8cdea",
                colorTextPlaceholder: "#9db6d9",
                colorTextTertiary: "#b8cdea",
              }
            : light),
          fontSize: large ? 16 : 14,
          motion: !still,
        },
      }}
      button={{ autoInsertSpace: false }}
    >
      <App message={{ maxCount: 3 }} notification={{ maxCount: 4, placement: "bottomRight" }}>
        {children}
      </App>
    </ConfigProvider>
  );
}
