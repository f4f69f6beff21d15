import "./cockpit.css";
import { useGet } from "@api/hooks";
import type { CockpitData, FeatureCollection } from "@api/types";
import { number } from "@kit/format";
import { type MapPoint, MapView } from "@kit/MapView";
import { AppLink, useQuery, useSetQuery } from "@kit/nav";
import { ProblemAlert } from "@kit/Problem";
import { useMap } from "@kit/regions";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../session";
import { EnterpriseCard } from "./EnterpriseCard";
import { LiveAlarms } from "./LiveAlarms";
import { WallChart } from "./WallChart";
import { Figures, WallHead } from "./WallHead";

/** A node whose county has not imported its reviewed map still shows where the firms are. */
const NO_MAP: FeatureCollection = { type: "FeatureCollection", features: [] };

/** P-10: the situation on one wall: figures above, charts left, map in the middle, what is happening right. */
export default function Cockpit() {
  const { t } = useTranslation();
  const session = useSession();
  const query = useQuery();
  const setQuery = useSetQuery();
  const region = query.region ?? session.region ?? "";
  const { data, error, refetch } = useGet("/cockpit", {
    query: { region },
    live: ["iot.", "ent."],
    every: 30_000,
  });
  const { map: base, missing } = useMap(region);
  const [firm, setFirm] = useState<string | null>(null);
  useEffect(() => {
    document.title = `${t("驾驶舱")} - 安澜`;
  }, [t]);
  const areas = useMemo(
    () =>
      (data?.areas ?? []).map((area) => ({ region: area.region, name: area.name, alarms: area.counts.alarms ?? 0 })),
    [data?.areas],
  );
  const points = useMemo<MapPoint[]>(
    () =>
      (data?.points ?? []).map((point) => ({
        id: point.enterprise,
        name: point.name,
        lon: point.lon,
        lat: point.lat,
        tone: point.tone,
      })),
    [data?.points],
  );
  const drill = (to: string) => {
    setFirm(null);
    if (to !== region) setQuery({ region: to });
  };
  const charts = data?.charts ?? [];
  return (
    <main className="wall">
      <WallHead name={data?.name ?? ""} />
      <ProblemAlert error={error} retry={() => void refetch()} />
      <Figures numbers={data?.numbers ?? []} at={data?.at} />
      <div className="wall-left">
        {charts.slice(0, 3).map((chart) => (
          <WallChart key={chart.key} chart={chart} />
        ))}
      </div>
      <section className="wall-box wall-map" aria-label={t("辖区地图")}>
        <div className="wall-box-head">
          <Crumbs crumbs={data?.crumbs ?? []} open={drill} />
          <Legend />
        </div>
        <div className="wall-map-room">
          <MapView
            label={`${data?.name ?? ""} ${t("地图")}`}
            base={base ?? (missing ? NO_MAP : undefined)}
            areas={areas}
            points={points}
            skin="dark"
            onArea={drill}
            onPoint={setFirm}
          />
          {missing && <p className="wall-quiet wall-no-map">{t("本节点还没有导入这一区域的底图，只显示企业位置。")}</p>}
          {firm && <EnterpriseCard id={firm} close={() => setFirm(null)} />}
        </div>
      </section>
      <div className="wall-right">
        <LiveAlarms region={region} />
        {data && data.areas.length > 0 && <Areas areas={data.areas} open={drill} />}
        {charts.slice(3).map((chart) => (
          <WallChart key={chart.key} chart={chart} />
        ))}
      </div>
    </main>
  );
}

function Crumbs({ crumbs, open }: { crumbs: CockpitData["crumbs"]; open: (region: string) => void }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("区域")} className="wall-crumbs">
      {crumbs.map((crumb, at) => (
        <span key={crumb.region}>
          {at > 0 && " › "}
          {at < crumbs.length - 1 ? (
            <button type="button" onClick={() => open(crumb.region)}>
              {crumb.name}
            </button>
          ) : (
            <strong>{crumb.name}</strong>
          )}
        </span>
      ))}
    </nav>
  );
}

function Legend() {
  const { t } = useTranslation();
  return (
    <span className="wall-legend">
      <span className="wall-key wall-key-bad">{t("有未处置预警")}</span>
      <span className="wall-key wall-key-warn">{t("需要关注")}</span>
      <span className="wall-key">{t("企业")}</span>
    </span>
  );
}

/** What a count of an area is called, and the list behind it. */
const COUNTS: Record<string, { title: string; link: (region: string) => string }> = {
  enterprises: { title: "企业", link: (region) => `/enterprises?region=${region}` },
  hazard_sources: { title: "危险源", link: (region) => `/hazard-sources?region=${region}` },
  alarms: { title: "预警", link: (region) => `/alarms?state=open&region=${region}` },
};

/** The same areas as the map, for the keyboard and for those who cannot see it. */
function Areas({ areas, open }: { areas: CockpitData["areas"]; open: (region: string) => void }) {
  const { t } = useTranslation();
  const keys = Object.keys(COUNTS).filter((key) => areas.some((area) => area.counts[key] !== undefined));
  const sorted = [...areas].sort((a, b) => (b.counts.alarms ?? 0) - (a.counts.alarms ?? 0));
  return (
    <section className="wall-box wall-grow">
      <h2>{t("下级区域")}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <div className="wall-scroll" tabIndex={0}>
        <table className="wall-table">
          <thead>
            <tr>
              <th scope="col">{t("区域")}</th>
              {keys.map((key) => (
                <th key={key} scope="col">
                  {t(COUNTS[key]?.title ?? key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((area) => (
              <tr key={area.region}>
                <td>
                  <button type="button" onClick={() => open(area.region)}>
                    {area.name}
                  </button>
                </td>
                {keys.map((key) => {
                  const count = area.counts[key] ?? 0;
                  return (
                    <td key={key} className="num">
                      <AppLink
                        to={COUNTS[key]?.link(area.region) ?? "/"}
                        className={key === "alarms" && count > 0 ? "wall-bad" : ""}
                      >
                        {number(count)}
                      </AppLink>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
