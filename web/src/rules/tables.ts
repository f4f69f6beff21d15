/** One edition of a rule table, as `GET /rule-tables/{table}` gives it. */
export interface Edition<R> {
  standard: string;
  clause: string;
  edition: string;
  valid_from: string;
  valid_to?: string | null;
  region?: string | null;
  confidence: string;
  rows: R[];
}

/** When and where a rule is asked for. Without a day the newest edition answers. */
export interface Scope {
  on?: string;
  region?: string;
}

/** What every result says about the rule behind it. */
export interface Reference {
  standard: string;
  clause: string;
  edition: string;
  valid_from: string;
  confidence: string;
}

/** A refusal: the field at fault and what would be right. */
export class Refused extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

function applies<R>(edition: Edition<R>, { on, region }: Scope): boolean {
  const inForce = !on || (edition.valid_from <= on && (!edition.valid_to || on <= edition.valid_to));
  return inForce && (!edition.region || (region?.startsWith(edition.region) ?? false));
}

/** Confirmed before unconfirmed, the closest region first, then the newest. */
function better<R>(a: Edition<R>, b: Edition<R>): Edition<R> {
  const weight = (e: Edition<R>): [number, number, string] => [
    e.confidence === "unconfirmed" ? 0 : 1,
    e.region?.length ?? 0,
    e.valid_from,
  ];
  const [left, right] = [weight(a), weight(b)];
  for (const at of [0, 1, 2] as const) if (left[at] !== right[at]) return left[at] > right[at] ? a : b;
  return b;
}

function best<R>(editions: Edition<R>[]): Edition<R> | undefined {
  return editions.length > 0 ? editions.reduce(better) : undefined;
}

/** The edition that answers. */
export function select<R>(editions: Edition<R>[], scope: Scope): Edition<R> {
  const found = best(editions.filter((edition) => applies(edition, scope)));
  if (!found) throw new Refused("on", "没有收录适用的版本");
  return found;
}

/** The row of a name in the edition that answers for that row: a local edition may carry a single row. */
export function find<R>(editions: Edition<R>[], scope: Scope, field: string, is: (row: R) => boolean): [Edition<R>, R] {
  const edition = best(editions.filter((each) => applies(each, scope) && each.rows.some(is)));
  const row = edition?.rows.find(is);
  if (!edition || row === undefined) {
    throw new Refused(field, "没有适用的规则：名称不对，或在所给日期、地区没有施行的版本");
  }
  return [edition, row];
}

export function reference<R>(edition: Edition<R>, clause = edition.clause): Reference {
  const { standard, edition: name, valid_from, confidence } = edition;
  return { standard, clause, edition: name, valid_from, confidence };
}

export function warning<R>(edition: Edition<R>): string[] {
  return edition.confidence === "unconfirmed"
    ? [`“${edition.edition}”的数值未经核实，使用前须由专业人员对照原文确认`]
    : [];
}
