import { useGet } from "@api/hooks";
import type { FeatureCollection } from "@api/types";
import { useMe } from "./session";

/** The areas right below mine, as choices for filters and forms; only the government has areas below it. */
export function useRegions(enabled = true): { value: string; label: string }[] {
  const me = useMe();
  const region = me?.subject === "government" ? me.region : "";
  const { data } = useGet("/cockpit", { query: { region }, enabled: enabled && region !== "" });
  return (data?.areas ?? []).map((area) => ({ value: area.region, label: area.name }));
}

/** The vector base map of a region; the API document calls it an object, GeoJSON says the rest. */
export function useMap(region: string): { map: FeatureCollection | undefined; missing: boolean } {
  const { data, error } = useGet("/map/{region}", { path: { region }, enabled: region !== "" });
  return { map: data as unknown as FeatureCollection | undefined, missing: Boolean(error) };
}
