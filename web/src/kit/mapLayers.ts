import type { FeatureCollection } from "@api/types";
import Feature, { type FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import { fromLonLat } from "ol/proj";
import Cluster from "ol/source/Cluster";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style, Text } from "ol/style";
import type { MapPoint } from "./MapView";

export type Skin = "light" | "dark";

export interface MapArea {
  region: string;
  name: string;
  /** Alarms that nobody has finished with. */
  alarms: number;
}

const FONT = '"Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif';
const SKIN = {
  light: {
    land: "#eef3f8",
    hot: "#ffe1cc",
    edge: "#8fa3ba",
    text: "#1f1f1f",
    halo: "#ffffff",
    river: "#8ec5f0",
    road: "#c4b49a",
    contour: "#d6ddd0",
    dot: "#0958d9",
  },
  dark: {
    land: "rgba(16,58,112,0.85)",
    hot: "rgba(138,48,24,0.85)",
    edge: "#5c8fd6",
    text: "#ffffff",
    halo: "#03142c",
    river: "#3aa3ff",
    road: "#6f86a8",
    contour: "#1f4478",
    dot: "#3fe0ff",
  },
};
const TONE = { plain: "", good: "#52c41a", warn: "#fa8c16", bad: "#f5222d" };
const RANK = { plain: 0, good: 0, warn: 1, bad: 2 };

const reader = new GeoJSON({ dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" });

/** Areas below, rivers and roads above them, names on top. */
export function areaLayers(base: FeatureCollection, areas: MapArea[], skin: Skin) {
  const colours = SKIN[skin];
  const byRegion = new Map(areas.map((area) => [area.region, area]));
  const all = reader.readFeatures(base) as Feature[];
  const polygons = all.filter((feature) => feature.get("region"));
  const lines = all.filter((feature) => !feature.get("region"));
  const areaSource = new VectorSource({ features: polygons });
  const areaStyle = (feature: FeatureLike) => {
    const area = byRegion.get(String(feature.get("region")));
    return [
      new Style({
        fill: new Fill({ color: area && area.alarms > 0 ? colours.hot : colours.land }),
        stroke: new Stroke({ color: colours.edge, width: 1.2 }),
      }),
    ];
  };
  const nameStyle = (feature: FeatureLike) =>
    new Style({
      text: new Text({
        text: String(byRegion.get(String(feature.get("region")))?.name ?? feature.get("name") ?? ""),
        font: `600 13px ${FONT}`,
        fill: new Fill({ color: colours.text }),
        stroke: new Stroke({ color: colours.halo, width: 3.5 }),
        offsetY: -12,
      }),
    });
  const areaLayer = new VectorLayer({ source: areaSource, style: areaStyle });
  areaLayer.set("clickable", true);
  const layers = [
    areaLayer,
    new VectorLayer({ source: new VectorSource({ features: lines }), style: (feature) => lineStyle(feature, skin) }),
    new VectorLayer({ source: areaSource, style: nameStyle, declutter: true }),
  ];
  const extent = polygons.length > 0 ? areaSource.getExtent() : null;
  return { layers, extent: extent && Number.isFinite(extent[0]) ? extent : null };
}

function lineStyle(feature: FeatureLike, skin: Skin): Style {
  const colours = SKIN[skin];
  const kind = String(feature.get("kind"));
  if (kind === "river" || kind === "coast" || kind === "water") {
    return new Style({
      stroke: new Stroke({ color: colours.river, width: kind === "river" ? 3 : 2 }),
      fill: new Fill({ color: colours.river }),
    });
  }
  if (kind === "road" || kind === "rail") {
    return new Style({
      stroke: new Stroke({ color: colours.road, width: 1.6, lineDash: kind === "rail" ? [8, 5] : undefined }),
    });
  }
  return new Style({ stroke: new Stroke({ color: colours.contour, width: 1 }) });
}

/** Firms close together become one dot with their number, coloured by the worst among them. */
export function pointLayer(points: MapPoint[], skin: Skin) {
  const firms = new VectorSource({
    features: points.map((point) => {
      const feature = new Feature(new Point(fromLonLat([point.lon, point.lat])));
      feature.setProperties({ id: point.id, name: point.name, tone: point.tone });
      return feature;
    }),
  });
  const source = new Cluster({ distance: 26, source: firms });
  const layer = new VectorLayer({ source, style: (feature) => clusterStyle(feature, skin), declutter: false });
  layer.set("clickable", true);
  return { layer, extent: points.length > 0 ? firms.getExtent() : null };
}

function clusterStyle(cluster: FeatureLike, skin: Skin): Style {
  const colours = SKIN[skin];
  const members = (cluster.get("features") as Feature[]) ?? [];
  const worst = members.reduce<keyof typeof RANK>((tone, member) => {
    const own = (member.get("tone") ?? "plain") as keyof typeof RANK;
    return RANK[own] > RANK[tone] ? own : tone;
  }, "plain");
  const many = members.length > 1;
  return new Style({
    image: new Circle({
      radius: many ? 9 + Math.min(8, Math.log2(members.length)) : 6,
      fill: new Fill({ color: TONE[worst] || colours.dot }),
      stroke: new Stroke({ color: "#ffffff", width: 1.5 }),
    }),
    text: many
      ? new Text({
          text: String(members.length),
          font: `600 11px ${FONT}`,
          fill: new Fill({ color: TONE[worst] || skin === "light" ? "#ffffff" : "#03142c" }),
        })
      : undefined,
    zIndex: RANK[worst],
  });
}
