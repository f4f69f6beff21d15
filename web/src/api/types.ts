/** The server's answers by the names the screens use. The shapes come from its OpenAPI document, so a change there breaks the build here. */
import type { components } from "./schema";

/** Every schema by its name, for the bodies of requests. */
export type Schema = components["schemas"];

export type SubjectKind = Schema["Subject"];
export type Tone = Schema["Tone"];
export type Problem = Schema["Problem"] & { detail?: string };

export type Session = Schema["Session"];
export type MenuItem = Schema["MenuItem"];
export type Named = Schema["Named"];
export type HomeCard = Schema["Card"];
export type Notification = Schema["Notification"];
export type Hit = Schema["Hit"];
export type TimelineItem = Schema["TimelineItem"];
export type StoredFile = Schema["StoredFile"];
export type ImportKind = Schema["ImportKind"];
export type ImportRun = Schema["Report"];
export type CockpitData = Schema["Situation"];
export type Chart = Schema["Chart"];

export type EnterpriseRow = Schema["EnterpriseRow"];
export type Enterprise = Schema["EnterpriseView"];
export type EnterprisePage = Schema["EnterprisePage"];
export type Section = Schema["Section"];
export type Consent = Schema["Consent"];
export type Registration = Schema["Registration"];
export type DuplicateGroup = Schema["DuplicateGroup"];
export type Site = Schema["Site"];
export type Person = Schema["Person"];

export type Org = Schema["OrgRow"];
export type User = Schema["User"];
export type Key = Schema["ApiKey"];
export type AuditRow = Schema["AuditRow"];

export type Alarm = Schema["AlarmView"];
export type Desk = Schema["Desk"];
export type Shift = Schema["Shift"];
export type OnlineRate = Schema["OnlineRate"];
export type Limits = Schema["LimitForm"];
export type LimitKey = "hh" | "h" | "l" | "ll";
export type Tag = Schema["TagView"];
/** `[t_ms, min, max, avg]`; nothing where a gap is drawn. */
export type Point = [at: number, min: number | null, max: number | null, average: number | null];
export type Series = Omit<Schema["Trend"], "points"> & { points: Point[] };
export type LimitChange = Schema["ChangeView"];
export type Device = Schema["DeviceView"];
export type Quarantined = Schema["Refusal"];

export type HazardSourceRow = Schema["HazardSourceRow"];
export type HazardSource = Schema["HazardSourceView"];
export type HazardUnit = Schema["UnitFile"];
export type Chemical = Schema["Chemical"];
export type Tank = Schema["Tank"];
export type Responsible = Schema["Responsible"];

export interface ListOf<T> {
  items: T[];
  next?: string | null;
  total: number;
  total_exact: boolean;
}

/** The part of GeoJSON (RFC 7946) the base map uses. */
export interface FeatureCollection {
  type: "FeatureCollection";
  features: {
    type: "Feature";
    geometry: { type: string; coordinates: unknown };
    properties: { kind: string; region?: string; name?: string; [name: string]: unknown };
  }[];
}

/** An event of the live stream, which an OpenAPI document cannot describe. */
export interface Fact {
  seq: number;
  kind: string;
  title: string;
  subject: string;
  enterprise?: string | null;
  region?: string | null;
  at: string;
}

/** Readings of one enterprise on the live stream. */
export interface Readings {
  at: string;
  values: Record<string, number>;
}
