import "ol/ol.css";
import type { FeatureCollection, Tone } from "@api/types";
import OlMap from "ol/Map";
import View from "ol/View";
import { useEffect, useRef } from "react";
import { areaLayers, type MapArea, pointLayer, type Skin } from "./mapLayers";

export type { MapArea } from "./mapLayers";

export interface MapPoint {
  id: string;
  name: string;
  lon: number;
  lat: number;
  tone: Tone;
}

interface Props {
  label: string;
  base: FeatureCollection | undefined;
  areas?: MapArea[];
  points?: MapPoint[];
  skin?: Skin;
  onArea?: (region: string) => void;
  onPoint?: (id: string) => void;
}

/** The vector base map of the node (no tiles, no outside server), coloured areas and clustered firms. */
export function MapView({ label, base, areas = [], points = [], skin = "light", onArea, onPoint }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<OlMap | null>(null);
  const shown = useRef<FeatureCollection | undefined>(undefined);
  const act = useRef({ onArea, onPoint });
  act.current = { onArea, onPoint };
  useEffect(() => {
    if (!box.current) return;
    const made = new OlMap({ target: box.current, view: new View({ center: [0, 0], zoom: 10, maxZoom: 18 }) });
    map.current = made;
    made.on("singleclick", (event) => {
      let done = false;
      made.forEachFeatureAtPixel(
        event.pixel,
        (feature) => {
          if (done) return;
          const members = feature.get("features") as { get: (key: string) => unknown }[] | undefined;
          if (members && members.length > 1) {
            done = true;
            made.getView().animate({
              center: event.coordinate,
              zoom: (made.getView().getZoom() ?? 10) + 1.5,
              duration: navigator.webdriver ? 0 : 250,
            });
          } else if (members?.[0]) {
            done = true;
            act.current.onPoint?.(String(members[0].get("id")));
          } else if (feature.get("region")) {
            done = true;
            act.current.onArea?.(String(feature.get("region")));
          }
        },
        { hitTolerance: 4 },
      );
    });
    made.on("pointermove", (event) => {
      const hit = made.hasFeatureAtPixel(event.pixel, { layerFilter: (layer) => layer.get("clickable") === true });
      const target = made.getTargetElement();
      if (target) target.style.cursor = hit ? "pointer" : "";
    });
    return () => {
      made.setTarget(undefined);
      made.dispose();
      map.current = null;
      shown.current = undefined;
    };
  }, []);
  useEffect(() => {
    const view = map.current;
    if (!view || !base) return;
    const { layers, extent } = areaLayers(base, areas, skin);
    const firms = pointLayer(points, skin);
    view.setLayers([...layers, firms.layer]);
    const shape = extent ?? firms.extent;
    // Only another base map moves the view; a new alarm must not tear the map from under someone's hand.
    if (shown.current !== base && shape) view.getView().fit(shape, { padding: [24, 24, 24, 24], maxZoom: 14 });
    if (shape) shown.current = base;
  }, [base, areas, points, skin]);
  return <section ref={box} className="map" aria-label={label} />;
}
