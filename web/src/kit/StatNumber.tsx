import type { Tone } from "@api/types";
import { number } from "./format";
import { AppLink } from "./nav";

/** One figure; every figure leads to the records behind it. */
export function StatNumber({
  label,
  value,
  unit,
  tone = "plain",
  link,
  note,
}: {
  label: string;
  value: string | number | null | undefined;
  unit?: string | null;
  tone?: Tone;
  link?: string | null;
  note?: string | null;
}) {
  const body = (
    <>
      <div className="stat-label">{label}</div>
      <div className={`stat-value ${tone === "plain" ? "" : tone}`}>
        {number(value)}
        {unit && <small>{unit}</small>}
      </div>
      {note && <div className="quiet">{note}</div>}
    </>
  );
  return link ? (
    <AppLink className="stat" to={link}>
      {body}
    </AppLink>
  ) : (
    <div className="stat">{body}</div>
  );
}
