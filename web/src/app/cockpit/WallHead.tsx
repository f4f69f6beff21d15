import { CompressOutlined, ExpandOutlined, HomeOutlined } from "@ant-design/icons";
import { useLinkState } from "@api/live";
import type { CockpitData } from "@api/types";
import { clockTime, dateOnly, number, span } from "@kit/format";
import { AppLink } from "@kit/nav";
import { useNow } from "@kit/now";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/** A figure older than this is greyed and says its age. */
const STALE_MS = 5 * 60_000;

export function WallHead({ name }: { name: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const link = useLinkState();
  const [full, setFull] = useState(false);
  useEffect(() => {
    const watch = () => setFull(Boolean(document.fullscreenElement));
    document.addEventListener("fullscreenchange", watch);
    return () => document.removeEventListener("fullscreenchange", watch);
  }, []);
  const toggle = () => void (full ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  return (
    <header className="wall-head">
      <span className="num">
        {dateOnly(now)} {clockTime(now)}
      </span>
      <h1>
        {name} {t("安全生产驾驶舱")}
      </h1>
      <span className="wall-tools">
        <span className={`lamp lamp-${link}`}>{link === "open" ? t("实时") : t("连接中断")}</span>
        <button type="button" onClick={toggle} aria-label={full ? t("退出全屏") : t("全屏")}>
          {full ? <CompressOutlined /> : <ExpandOutlined />}
        </button>
        <AppLink to="/" aria-label={t("回到工作台")}>
          <HomeOutlined />
        </AppLink>
      </span>
    </header>
  );
}

/** The top strip; each figure opens the list it counts. */
export function Figures({ numbers, at }: { numbers: CockpitData["numbers"]; at: string | undefined }) {
  const { t } = useTranslation();
  const now = useNow();
  const age = at ? now - new Date(at).getTime() : 0;
  const stale = age > STALE_MS;
  return (
    <section className="wall-figures" aria-label={t("关键数据")}>
      {numbers.map((figure) => {
        const body = (
          <>
            <span className="wall-figure-label">{figure.label}</span>
            <span className={`wall-figure-value wall-${figure.tone}`}>
              {number(figure.value)}
              {figure.unit && <small>{figure.unit}</small>}
            </span>
            {stale && (
              <span className="wall-age">
                {span(age)}
                {t("前的数据")}
              </span>
            )}
          </>
        );
        const look = `wall-figure ${stale ? "wall-stale" : ""}`;
        return figure.link ? (
          <AppLink key={figure.key} to={figure.link} className={look}>
            {body}
          </AppLink>
        ) : (
          <div key={figure.key} className={look}>
            {body}
          </div>
        );
      })}
    </section>
  );
}
