/** The offline check in the browser: policy, proof, entry, disclosures, files. The same cases as the command's. */
import {
  base64url,
  decimal,
  fromBase64,
  fromBase64url,
  hashOf,
  Invalid,
  refuse,
  same,
  strictJson,
  text,
  utf8,
} from "./bytes";
import { type Head, hashBy, type Policy, parsePolicy, type Suite, verifyHead } from "./policy";

const MAX_ENTRY = 65_535;

interface Proof {
  index: bigint;
  path: Uint8Array[];
  checkpoint: string;
}

function parseProof(source: string): Proof {
  const what = "证明文件";
  const split = source.indexOf("\n\n");
  if (split < 0) refuse(what, "缺少证明与检查点之间的空行");
  const lines = source.slice(0, split).split("\n");
  if (lines.shift() !== "c2sp.org/tlog-proof@v1") refuse(what, "第一行应为 c2sp.org/tlog-proof@v1");
  if (lines[0]?.startsWith("extra ") && !fromBase64(lines.shift()?.slice(6) ?? "")) refuse(what, "extra 行不是 base64");
  const index = decimal(/^index (.*)$/.exec(lines.shift() ?? "")?.[1] ?? "");
  if (index === undefined) return refuse(what, "缺少序号行");
  const path = lines.map((line) => hashOf(line) ?? refuse(what, "每行应为一个哈希"));
  if (path.length > 63) refuse(what, "哈希过多");
  return { index, path, checkpoint: source.slice(split + 2) };
}

/** RFC 9162 §2.1.3.2. */
function checkInclusion(head: Head, leaf: Uint8Array, { index, path }: Proof): void {
  const what = "包含证明";
  if (index >= head.size) refuse(what, "序号不在树中");
  let [node, last, hash] = [index, head.size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) refuse(what, "哈希过多");
    if (node & 1n || node === last) {
      hash = hashBy(head.suite, Uint8Array.of(1), sibling, hash);
      while (!(node & 1n) && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else hash = hashBy(head.suite, Uint8Array.of(1), hash, sibling);
    [node, last] = [node >> 1n, last >> 1n];
  }
  if (last !== 0n) refuse(what, "哈希不足");
  if (!same(hash, head.root)) refuse(what, "算出的树根与检查点不同：条目、序号或证明被改动");
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

interface Disclosure {
  name: string;
  value: unknown;
}

function decode(encoded: string): Disclosure {
  const what = "披露项";
  const bytes = fromBase64url(encoded) ?? refuse(what, "不是 base64url 文本");
  const parts = strictJson(what, text(what, bytes));
  const [salt, name, value] = Array.isArray(parts) ? parts : [];
  if (!Array.isArray(parts) || parts.length !== 3 || typeof salt !== "string" || typeof name !== "string") {
    return refuse(what, "应为数组：盐、名称、值");
  }
  if (name === "_sd" || name === "...") refuse(what, "名称是保留字");
  return { name, value };
}

/** Puts the disclosures in their places, RFC 9901 §7.1. */
class Opener {
  readonly opened: string[] = [];
  withheld = 0;
  private readonly seen = new Set<string>();
  constructor(
    private readonly suite: Suite,
    private readonly offered: Map<string, Disclosure>,
  ) {}

  value(value: unknown, top: boolean): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item, false));
    return isObject(value) ? this.object(value, top) : value;
  }

  private object(map: Json, top: boolean): Json {
    const { _sd: list, _sd_alg: alg, ...plain } = map;
    if (Object.hasOwn(map, "...")) refuse("条目", "不支持数组元素的披露");
    const digests = Object.hasOwn(map, "_sd") ? this.digests(list) : [];
    const stated = Object.hasOwn(map, "_sd_alg");
    if (stated && !top) refuse("条目", "摘要算法只能写在顶层");
    const wanted = this.suite === "sm3-sm2" ? "sm3" : "sha-256";
    if (stated ? alg !== wanted : top && digests.length > 0) refuse("条目", "摘要算法与套件不符");
    const out: Json = {};
    for (const [name, value] of Object.entries(plain)) put(out, name, this.value(value, false));
    for (const digest of digests) {
      const found = this.offered.get(digest);
      if (!found) {
        this.withheld += 1;
        continue;
      }
      this.offered.delete(digest);
      if (Object.hasOwn(out, found.name)) refuse("披露项", "与条目中已有的项同名");
      this.opened.push(found.name);
      put(out, found.name, this.value(found.value, false));
    }
    return out;
  }

  private digests(list: unknown): string[] {
    if (!Array.isArray(list) || list.some((d) => typeof d !== "string")) return refuse("条目", "摘要应为文字列表");
    let before = "";
    for (const digest of list as string[]) {
      if (this.seen.has(digest)) refuse("条目", "同一摘要出现两次");
      if (digest < before) refuse("条目", "摘要没有排序");
      this.seen.add(digest);
      before = digest;
    }
    return list as string[];
  }
}

/** A name such as `__proto__` is a name like any other. */
function put(into: Json, name: string, value: unknown): void {
  Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true });
}

export interface Entry {
  index: bigint;
  event: { id?: unknown; type?: unknown; source?: unknown; subject?: unknown; time?: unknown };
  isEvent: boolean;
  data: unknown;
  opened: string[];
  withheld: number;
  files: string[];
}

function looksLikeEvent(bytes: Uint8Array): boolean {
  try {
    return isObject(JSON.parse(text("条目", bytes)));
  } catch {
    return false;
  }
}

function checkEntry(head: Head, proof: Proof, bytes: Uint8Array, disclosures: string[], files: Uint8Array[]): Entry {
  if (bytes.length > MAX_ENTRY) refuse("条目", "过长");
  checkInclusion(head, hashBy(head.suite, Uint8Array.of(0), bytes), proof);
  const plain: Entry = {
    index: proof.index,
    event: {},
    isEvent: false,
    data: null,
    opened: [],
    withheld: 0,
    files: [],
  };
  if (!looksLikeEvent(bytes) && !disclosures.length && !files.length) return plain;
  const envelope = strictJson("条目", text("条目", bytes));
  if (!isObject(envelope)) return refuse("条目", "应为事件信封");
  const offered = new Map<string, Disclosure>();
  for (const encoded of disclosures) {
    const digest = base64url(hashBy(head.suite, utf8(encoded)));
    if (offered.has(digest)) refuse("披露项", "同一披露项给出了两次");
    offered.set(digest, decode(encoded));
  }
  const opener = new Opener(head.suite, offered);
  const data = opener.value(Object.hasOwn(envelope, "data") ? envelope.data : null, true);
  if (offered.size) refuse("披露项", "摘要不在条目中，不属于该条目或已被改动");
  const commits = files.map((file) => checkFile(head.suite, data, file));
  const { id, type, source, subject, time } = envelope;
  const event = { id, type, source, subject, time };
  return { ...plain, event, isEvent: true, data, opened: opener.opened, withheld: opener.withheld, files: commits };
}

function checkFile(suite: Suite, data: unknown, file: Uint8Array): string {
  const listed = isObject(data) && Array.isArray(data.files) ? data.files : [];
  for (const item of listed) {
    const commit = isObject(item) ? item.commit : undefined;
    const salt = isObject(data) && typeof commit === "string" ? data[`file:${commit}`] : undefined;
    if (typeof commit !== "string" || typeof salt !== "string") continue;
    const bytes = fromBase64url(salt);
    if (bytes?.length !== 16) return refuse("附件", "披露的盐应为 16 字节");
    if (base64url(hashBy(suite, bytes, file)) === commit) return commit;
  }
  return refuse("附件", "内容与条目中的承诺不符");
}

/** One entry with its proof file. */
export async function verify(
  policy: Uint8Array,
  proofText: string,
  entry: Uint8Array,
  disclosures: string[],
  files: Uint8Array[],
): Promise<{ head: Head; entry: Entry }> {
  const rules = parsePolicy(policy);
  const proof = parseProof(proofText);
  if (!rules.logs.length) refuse("政策文件", "没有 log 行，无法认定日志");
  const head = await verifyHead(rules, proof.checkpoint);
  return { head, entry: checkEntry(head, proof, entry, disclosures, files) };
}

export interface CaseReport {
  head: Head;
  entries: Entry[];
  samePolicy: boolean;
}

/** A case bundle by its files' names, against the reader's own policy. */
export async function verifyCase(own: Uint8Array, files: Map<string, Uint8Array>): Promise<CaseReport> {
  const rules: Policy = parsePolicy(own);
  if (!rules.logs.length) refuse("政策文件", "没有 log 行，无法认定日志");
  const records = new Map<string, { entry?: Uint8Array; proof?: Proof; disclosures: string[] }>();
  const attached = new Map<string, Uint8Array>();
  const record = (index: string) => {
    if (decimal(index) === undefined) refuse("案卷包", "有不认识的文件");
    const known = records.get(index) ?? { disclosures: [] };
    records.set(index, known);
    return known;
  };
  for (const [name, bytes] of files) {
    const [, folder, index = ""] = /^(entries|proofs|disclosures|files)\/(.+)$/.exec(name) ?? [];
    if (folder === "entries" && index.endsWith(".json")) record(index.slice(0, -5)).entry = bytes;
    else if (folder === "proofs" && index.endsWith(".tlog-proof")) {
      record(index.slice(0, -11)).proof = parseProof(text("证明文件", bytes));
    } else if (folder === "disclosures" && index.endsWith(".txt")) {
      record(index.slice(0, -4)).disclosures = lines(text("披露文件", bytes));
    } else if (folder === "files") attached.set(index, bytes);
    else if (name !== "README.txt" && name !== "policy.txt") refuse("案卷包", "有不认识的文件");
  }
  const checkpoint = [...records.values()][0]?.proof?.checkpoint ?? refuse("案卷包", "没有任何条目");
  const head = await verifyHead(rules, checkpoint);
  const unclaimed = new Set(attached.keys());
  const entries: Entry[] = [];
  for (const [index, { entry, proof, disclosures }] of [...records].sort(([a], [b]) => Number(a) - Number(b))) {
    if (!entry || !proof) return refuse("案卷包", "有缺少条目或证明的记录");
    if (proof.index !== decimal(index)) refuse("案卷包", "证明里的序号与文件名不同");
    if (proof.checkpoint !== checkpoint) refuse("案卷包", "各证明的检查点不同，应为同一个");
    const named = disclosures.flatMap((d) => {
      const commit = /^file:(.+)$/s.exec(decode(d).name)?.[1];
      const bytes = commit === undefined ? undefined : attached.get(commit);
      return commit !== undefined && bytes ? [{ commit, bytes }] : [];
    });
    const report = checkEntry(
      head,
      proof,
      entry,
      disclosures,
      named.map((file) => file.bytes),
    );
    report.files.forEach((commit, at) => {
      if (named[at]?.commit !== commit) refuse("案卷包", "附件的内容属于另一承诺");
      unclaimed.delete(commit);
    });
    entries.push(report);
  }
  if (unclaimed.size) refuse("案卷包", "有附件不属于任何条目，或其盐没有披露");
  const inside = files.get("policy.txt");
  return { head, entries, samePolicy: inside !== undefined && same(inside, own) };
}

function lines(file: string): string[] {
  const all = file.replace(/\n$/, "").split("\n");
  if (all.length === 1 && all[0] === "") return [];
  return all.includes("") ? refuse("披露文件", "含空行，应每行一项") : all;
}

export { Invalid };
