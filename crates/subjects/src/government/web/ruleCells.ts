/** The rows of an edition as texts in a grid, and back as the kinds of values they were. */
export type Row = Record<string, unknown>;

export interface Edition {
  standard: string;
  clause: string;
  edition: string;
  valid_from: string;
  valid_to?: string | null;
  region?: string | null;
  source: string;
  confidence: string;
  rows: Row[];
}

export const CONFIDENCE: Record<string, ["good" | "plain" | "warn", string]> = {
  full_text: ["good", "已对照全文"],
  public_page: ["plain", "公开网页或摘录"],
  unconfirmed: ["warn", "未经核实"],
};

/** The columns of all rows, in the order in which they first appear. */
export function columnsOf(rows: Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What was typed, as the kind of value the column holds; an empty cell holds nothing. */
export function cellValue(text: string, sample: unknown): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (typeof sample === "number") return Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
  if (typeof sample === "boolean") return trimmed === "true" ? true : trimmed === "false" ? false : trimmed;
  if (sample !== null && typeof sample === "object") {
    try {
      return JSON.parse(trimmed);
    } catch {
      return trimmed;
    }
  }
  return trimmed;
}

/** A value of the column that shows its kind. */
export function sampleOf(rows: Row[], column: string): unknown {
  return rows.map((row) => row[column]).find((value) => value !== null && value !== undefined);
}

/** One cell changed; an emptied cell leaves its row. */
export function changed(rows: Row[], at: number, column: string, value: unknown): Row[] {
  return rows.map((row, index) => {
    if (index !== at) return row;
    const { [column]: _, ...rest } = row;
    return value === undefined ? rest : { ...row, [column]: value };
  });
}
