/** Keys, notes and policies (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy), as `crates/evidence`
 * reads them. */
import { decimal, fromBase64, hashOf, hex, isKeyName, join, refuse, same, text, utf8 } from "./bytes";
import { isEd25519Key, isSm2Key, verifyEd25519, verifySm2 } from "./curve";
import { sha256, sm3 } from "./hash";

export type Suite = "sm3-sm2" | "sha256-ed25519";

export const hashBy = (suite: Suite, ...parts: Uint8Array[]): Uint8Array =>
  suite === "sm3-sm2" ? sm3(join(...parts)) : sha256(join(...parts));

interface Key {
  name: string;
  id: Uint8Array;
  suite: Suite;
  role: "log" | "witness";
  bytes: Uint8Array;
}

const OID = "1.2.156.10197.1.501";
const KINDS: [Suite, Key["role"], Uint8Array, number][] = [
  ["sm3-sm2", "log", join(Uint8Array.of(0xff), utf8(`${OID}/note`)), 65],
  ["sm3-sm2", "witness", join(Uint8Array.of(0xff), utf8(`${OID}/cosignature-v1`)), 65],
  ["sha256-ed25519", "log", Uint8Array.of(1), 32],
  ["sha256-ed25519", "witness", Uint8Array.of(4), 32],
];

function key(vkey: string): Key {
  const [, name = "", id = "", typed = ""] = /^([^+]*)\+([^+]*)\+(.*)$/.exec(vkey) ?? refuse("密钥", "不是三段式公钥");
  const bytes = fromBase64(typed) ?? refuse("密钥", "公钥不是 base64");
  const kind = KINDS.find(
    ([, , type, length]) => bytes.length === type.length + length && same(bytes.slice(0, type.length), type),
  );
  if (!kind || !isKeyName(name)) return refuse("密钥", "名称或签名类型不认识");
  const [suite, role, type] = kind;
  const raw = bytes.slice(type.length);
  if (!(suite === "sm3-sm2" ? isSm2Key(raw) : isEd25519Key(raw))) refuse("密钥", "不是有效的公钥");
  const own = sha256(join(utf8(`${name}\n`), bytes)).slice(0, 4);
  if (hex(own) !== id) refuse("密钥", "编号与名称、公钥不符");
  return { name, id: own, suite, role, bytes: raw };
}

const verifyBy = async (by: Key, message: Uint8Array, signature: Uint8Array) =>
  by.suite === "sm3-sm2" ? verifySm2(by.bytes, message, signature) : verifyEd25519(by.bytes, message, signature);

interface Line {
  name: string;
  id: Uint8Array;
  bytes: Uint8Array;
}

const MOST_LINES = 100;

function note(source: string): { text: string; lines: Line[] } {
  const what = "签名文本";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note must not have any but newlines
  if (/[\u0000-\u0009\u000b-\u001f]/.test(source)) refuse(what, "有控制字符，只允许换行");
  const split = source.lastIndexOf("\n\n");
  if (split < 1 || !source.endsWith("\n") || split + 2 >= source.length) refuse(what, "缺少正文或签名行");
  const spelt = source.slice(split + 2, -1).split("\n");
  if (spelt.length > MOST_LINES) refuse(what, "签名行过多");
  const lines = spelt.map((line) => {
    const [, name = "", signature = ""] = /^— ([^ ]*) (.*)$/.exec(line) ?? refuse(what, "签名行读不懂");
    const bytes = fromBase64(signature) ?? refuse(what, "签名不是 base64");
    if (!isKeyName(name) || bytes.length < 5) refuse(what, "签名行读不懂");
    return { name, id: bytes.slice(0, 4), bytes: bytes.slice(4) };
  });
  return { text: source.slice(0, split + 1), lines };
}

type Rule = { witness: number } | { needed: number; of: number[] };
interface Member {
  name: string;
  rule: Rule;
  used: boolean;
}

export interface Policy {
  suite: Suite;
  logs: Key[];
  witnesses: { name: string; key: Key }[];
  members: Member[];
  quorum: number | undefined;
  quorumName: string;
}

const MOST_OF_A_KIND = 256;

export function parsePolicy(bytes: Uint8Array): Policy {
  const what = "政策文件";
  const source = text(what, bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a policy must not have any but tabs and newlines
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(source)) refuse(what, "有控制字符");
  const policy: Policy = {
    suite: "sm3-sm2",
    logs: [],
    witnesses: [],
    members: [],
    quorum: undefined,
    quorumName: "",
  };
  for (const line of source.split("\n")) {
    const words = line.split(/[ \t]+/).filter(Boolean);
    if (words.length && !words[0]?.startsWith("#")) readLine(policy, words);
  }
  if (!policy.quorumName) refuse(what, "缺少 quorum 行");
  policy.suite = (policy.logs[0] ?? policy.witnesses[0]?.key)?.suite ?? "sm3-sm2";
  return policy;
}

function readLine(policy: Policy, words: string[]): void {
  const what = "政策文件";
  const [verb, first = "", second = "", ...rest] = words;
  const newName = (name: string) => {
    if (name === "none" || policy.members.some((m) => m.name === name)) refuse(what, "名称重复或是保留字");
    return name;
  };
  const position = (name: string) => {
    const at = policy.members.findIndex((m) => m.name === name);
    return at < 0 ? refuse(what, "名称在前面的行中没有定义") : at;
  };
  if (verb === "log" && (words.length === 2 || words.length === 3)) {
    policy.logs.push(newKey(policy, first, "log"));
  } else if (verb === "witness" && (words.length === 3 || words.length === 4)) {
    policy.members.push({ name: newName(first), rule: { witness: policy.witnesses.length }, used: false });
    policy.witnesses.push({ name: first, key: newKey(policy, second, "witness") });
  } else if (verb === "group" && words.length >= 3) {
    newName(first);
    const of = rest.map((name) => {
      const at = position(name);
      const member = policy.members[at];
      if (!member || member.used) return refuse(what, "每个名称只能入组一次");
      member.used = true;
      return at;
    });
    const given = second === "all" ? of.length : second === "any" ? 1 : Number(decimal(second) ?? 0n);
    if (given < 1 || given > of.length) refuse(what, "门限应在 1 与成员数之间");
    policy.members.push({ name: first, rule: { needed: given, of }, used: false });
  } else if (verb === "quorum" && words.length === 2 && !policy.quorumName) {
    policy.quorumName = first;
    policy.quorum = first === "none" ? undefined : position(first);
  } else refuse(what, "有读不懂的行");
  const groups = policy.members.length - policy.witnesses.length;
  if (Math.max(policy.logs.length, policy.witnesses.length, groups) > MOST_OF_A_KIND) refuse(what, "行数过多");
}

function newKey(policy: Policy, vkey: string, role: Key["role"]): Key {
  const fresh = key(vkey);
  if (fresh.role !== role) refuse("政策文件", "日志密钥与见证密钥不可互用");
  for (const other of [...policy.logs, ...policy.witnesses.map((w) => w.key)]) {
    if (same(other.bytes, fresh.bytes)) refuse("政策文件", "同一把公钥出现两次：一方不得充当两方");
    if (other.suite !== fresh.suite) refuse("政策文件", "一份政策只用一种套件");
    if (other.name === fresh.name && same(other.id, fresh.id)) refuse("政策文件", "名称与编号同另一把密钥相同");
  }
  return fresh;
}

export interface Head {
  origin: string;
  size: bigint;
  root: Uint8Array;
  suite: Suite;
  cosigners: { name: string; key: string; time: bigint }[];
  witnesses: number;
  quorum: string;
}

/** A signed checkpoint against a policy: the log's signature, every known cosignature, the quorum. */
export async function verifyHead(policy: Policy, source: string): Promise<Head> {
  const what = "检查点";
  const { text: body, lines } = note(source);
  const [origin = "", sizeText = "", rootText = "", end, ...more] = body.split("\n");
  const size = decimal(sizeText);
  const root = hashOf(rootText);
  if (!isKeyName(origin) || size === undefined || !root || end !== "" || more.length) {
    return refuse(what, "应正好三行：来源、大小、树根");
  }
  const logs = policy.logs.filter((log) => log.name === origin);
  if (!logs.length) refuse(what, "来源不是政策中的日志");
  let byLog = false;
  const times = new Map<number, bigint>();
  for (const line of lines) {
    const is = (k: Key) => k.name === line.name && same(k.id, line.id);
    const log = logs.find(is);
    if (log) {
      if (!(await verifyBy(log, utf8(body), line.bytes))) refuse(what, "日志的签名无效");
      byLog = true;
      continue;
    }
    const at = policy.witnesses.findIndex((w) => is(w.key));
    const witness = policy.witnesses[at];
    if (!witness) continue;
    const time = line.bytes.length > 8 ? BigInt(`0x${hex(line.bytes.slice(0, 8))}`) : -1n;
    const message = utf8(`cosignature/v1\ntime ${time}\n${body}`);
    const holds = time >= 0n && time < 2n ** 63n && (await verifyBy(witness.key, message, line.bytes.slice(8)));
    if (!holds) refuse(what, "见证方的签名无效");
    const before = times.get(at);
    if (before === undefined || time < before) times.set(at, time);
  }
  if (!byLog) refuse(what, "没有日志自己的签名");
  const met: boolean[] = [];
  for (const { rule } of policy.members) {
    met.push("witness" in rule ? times.has(rule.witness) : rule.of.filter((at) => met[at]).length >= rule.needed);
  }
  if (policy.quorum !== undefined && !met[policy.quorum]) refuse("见证门限", "有效签名不足");
  const cosigners = policy.witnesses.flatMap(({ name, key: by }, at) => {
    const time = times.get(at);
    return time === undefined ? [] : [{ name, key: by.name, time }];
  });
  const { suite, witnesses, quorumName } = policy;
  return { origin, size, root, suite, cosigners, witnesses: witnesses.length, quorum: quorumName };
}
