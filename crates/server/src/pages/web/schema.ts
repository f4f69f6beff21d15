/** What `GET /calc/{rule}` says of a field, in the words of JSON Schema. */
export interface FieldSchema {
  title?: string;
  type?: string | string[];
  enum?: (string | null)[];
  format?: string;
  items?: FieldSchema;
  properties?: Record<string, FieldSchema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  "x-unit"?: string;
  "x-table"?: string;
  "x-exact"?: boolean;
  "x-format"?: string;
  "x-order"?: number;
}

export interface Word {
  value: string;
  label: string;
}

export interface RuleReference {
  standard: string;
  clause: string;
  edition: string;
  valid_from: string;
  valid_to?: string | null;
  region?: string | null;
  confidence: string;
  rule_set: string;
}

export interface RuleLine {
  name: string;
  title: string;
  title_en: string;
  group: string;
  group_en: string;
  formula: string;
  rule: RuleReference;
}

export interface RuleAbout extends RuleLine {
  example: Inputs;
  input: FieldSchema;
  output: FieldSchema;
  words: Record<string, Word[]>;
  batch: boolean;
}

export type Inputs = Record<string, unknown>;

export type Kind = "flag" | "choice" | "date" | "moment" | "number" | "texts" | "list" | "object" | "text";

export function kindOf(field: FieldSchema): Kind {
  const types = ([] as string[]).concat(field.type ?? "string");
  if (types.includes("boolean")) return "flag";
  if (types.includes("array")) return field.items?.properties ? "list" : "texts";
  if (types.includes("object")) return "object";
  if (field.enum) return "choice";
  if (field.format === "date") return "date";
  if (field["x-format"]) return "moment";
  if (field["x-exact"] || types.includes("integer") || types.includes("number")) return "number";
  return "text";
}

/** The fields of an object in the order in which the rule names them. */
export function fieldsOf(schema: FieldSchema | undefined): [string, FieldSchema][] {
  const all = Object.entries(schema?.properties ?? {});
  return all.sort(([, a], [, b]) => (a["x-order"] ?? 0) - (b["x-order"] ?? 0));
}

/** What was filled in, without what was left empty: the server gives those their meaning. */
export function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean).filter((each) => each !== undefined);
  if (value !== null && typeof value === "object") {
    const kept = Object.entries(value).map(([key, each]) => [key, clean(each)] as const);
    const filled = kept.filter(([, each]) => each !== undefined);
    return filled.length > 0 ? Object.fromEntries(filled) : undefined;
  }
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  return value === null || value === false ? undefined : value;
}

/** The inputs as search parameters, so that a link holds the whole calculation. */
export function toQuery(inputs: Inputs): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [key, value] of Object.entries((clean(inputs) as Inputs | undefined) ?? {})) {
    query[key] = typeof value === "object" ? JSON.stringify(value) : String(value);
  }
  return query;
}

/** The inputs a link holds; what the rule does not know, or cannot be read, is left out. */
export function fromQuery(query: Record<string, string>, schema: FieldSchema): Inputs {
  const inputs: Inputs = {};
  for (const [key, field] of fieldsOf(schema)) {
    const text = query[key];
    if (text === undefined || text === "") continue;
    const kind = kindOf(field);
    if (kind === "flag") inputs[key] = text === "true";
    else if (kind === "list" || kind === "texts") {
      const list = readList(text);
      if (list) inputs[key] = list;
    } else inputs[key] = text;
  }
  return inputs;
}

function readList(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether a rule answers to what was typed into the search box. */
export function matches(rule: RuleLine, words: string): boolean {
  const all = [rule.name, rule.title, rule.title_en, rule.group, rule.group_en, rule.rule.standard, rule.rule.clause];
  const text = all.join(" ").toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function byGroup(rules: RuleLine[]): RuleLine[][] {
  const groups = new Map<string, RuleLine[]>();
  for (const rule of rules) groups.set(rule.group, [...(groups.get(rule.group) ?? []), rule]);
  return [...groups.values()];
}
