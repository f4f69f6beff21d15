/** Texts and bytes, each with exactly one accepted spelling. */

/** What was looked at and which rule it broke, in words for a person. */
export class Invalid extends Error {
  constructor(
    readonly what: string,
    readonly why: string,
  ) {
    super(`${what}：${why}`);
  }
}

export function refuse(what: string, why: string): never {
  throw new Invalid(what, why);
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function text(what: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse(what, "不是 UTF-8 文本");
  }
}

export function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    out.set(part, place);
    place += part.length;
  }
  return out;
}

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

export const number = (bytes: Uint8Array): bigint => BigInt(`0x${hex(bytes) || "0"}`);

export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Canonical base64 with padding; nothing where it is spelt otherwise. */
export function fromBase64(spelt: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(spelt) || spelt.length % 4) return undefined;
  const bytes = Uint8Array.from(atob(spelt), (c) => c.charCodeAt(0));
  return base64(bytes) === spelt ? bytes : undefined;
}

export const base64url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

export function fromBase64url(spelt: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(spelt) || spelt.length % 4 === 1) return undefined;
  const padded = spelt.replaceAll("-", "+").replaceAll("_", "/");
  return fromBase64(padded.padEnd(Math.ceil(padded.length / 4) * 4, "="));
}

export function hashOf(spelt: string): Uint8Array | undefined {
  const bytes = fromBase64(spelt);
  return bytes?.length === 32 ? bytes : undefined;
}

const LARGEST = 2n ** 63n - 1n;

/** A size or index: digits without leading zeros. */
export function decimal(spelt: string): bigint | undefined {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(spelt)) return undefined;
  const value = BigInt(spelt);
  return value <= LARGEST ? value : undefined;
}

export function isKeyName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a key name must not have any
  return name !== "" && !/[\s\u0000-\u001f\u007f-\u009f\u0085+]/u.test(name);
}

/** JSON with one meaning only: an object that repeats a key is refused. */
export function strictJson(what: string, source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return refuse(what, "不是合格的 JSON");
  }
  let place = 0;
  const blank = () => {
    while (/[ \t\n\r]/.test(source[place] ?? "")) place++;
  };
  const word = (): string => {
    const start = place++;
    while (source[place] !== '"') place += source[place] === "\\" ? 2 : 1;
    place++;
    return JSON.parse(source.slice(start, place));
  };
  const walk = (): void => {
    blank();
    const first = source[place];
    if (first === '"') word();
    else if (first === "{" || first === "[") members(first === "{");
    else while (/[^\s,\]}]/.test(source[place] ?? ",")) place++;
    blank();
  };
  const members = (named: boolean): void => {
    const keys = new Set<string>();
    place++;
    blank();
    while (source[place] !== "}" && source[place] !== "]") {
      if (named) {
        blank();
        const key = word();
        if (keys.has(key)) refuse(what, "有重复的键，不同软件会读出不同内容");
        keys.add(key);
        blank();
        place++;
      }
      walk();
      if (source[place] === ",") place++;
      blank();
    }
    place++;
  };
  // JSON.parse has accepted the text, so the walk only looks at keys and cannot run off its end.
  walk();
  return value;
}
