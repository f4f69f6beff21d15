import i18next from "i18next";

/** Beijing time has no daylight saving, so the offset is a constant, and a PC with a wrong time zone still shows the right hour. */
const BEIJING_MS = 8 * 3600_000;

function beijing(at: string | number | Date): string {
  return new Date(new Date(at).getTime() + BEIJING_MS).toISOString();
}

/** `2026-11-23 09:02` */
export function dateTime(at: string | number | null | undefined): string {
  return at ? beijing(at).slice(0, 16).replace("T", " ") : "—";
}

/** `2026-11-23 09:02:03` */
export function dateTimeSeconds(at: string | number | null | undefined): string {
  return at ? beijing(at).slice(0, 19).replace("T", " ") : "—";
}

/** `09:02:03` */
export function clockTime(at: string | number): string {
  return beijing(at).slice(11, 19);
}

/** `2026-11-23` */
export function dateOnly(at: string | number | null | undefined): string {
  return at ? beijing(at).slice(0, 10) : "—";
}

/** Numbers with thousands separators; at most three decimals, as sensors send more than anyone reads. */
export function number(value: number | string | null | undefined, decimals = 3): string {
  if (value === null || value === undefined || value === "") return "—";
  const n = Number(value);
  return Number.isFinite(n) ? n.toLocaleString("zh-CN", { maximumFractionDigits: decimals }) : String(value);
}

const UNITS = { zh: [" 天", " 小时", " 分", " 秒"], en: ["d", "h", "min", "s"] };

/** A span in its two largest units: `2 天 3 小时`, `4 分 10 秒`. */
export function span(ms: number): string {
  const units = UNITS[i18next.language === "en" ? "en" : "zh"];
  const s = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(s / 86400), Math.floor((s % 86400) / 3600), Math.floor((s % 3600) / 60), s % 60];
  const first = parts.findIndex((part) => part > 0);
  if (first < 0) return `0${units[3]}`;
  return [first, first + 1]
    .filter((at) => at < 4 && (parts[at] ?? 0) > 0)
    .map((at) => `${parts[at]}${units[at]}`)
    .join(" ");
}

/** `138****5678`: enough to recognise, not to call. */
export function maskPhone(phone: string | null | undefined): string {
  if (!phone) return "—";
  return phone.includes("*") || phone.length < 7 ? phone : `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}

/** `330***********1234` */
export function maskId(id: string | null | undefined): string {
  if (!id) return "—";
  return id.includes("*") || id.length < 8 ? id : `${id.slice(0, 3)}***********${id.slice(-4)}`;
}

const UNIT_SIGNS: Record<string, string> = {
  degC: "°C",
  bool: "",
  "mg/m3": "mg/m³",
  m3: "m³",
  "m3/h": "m³/h",
  persons: "人",
  um: "μm",
};

/** Units as people write them; gateways send what fits a keyboard. */
export function unitSign(unit: string): string {
  return UNIT_SIGNS[unit] ?? unit;
}
