/** Signatures checked with plain integers: SM2 (GB/T 32918.2 on sm2p256v1) and Ed25519 (RFC 8032). Only verification,
 * only public values: nothing here needs to be constant in time. */
import { join, number, utf8 } from "./bytes";
import { sm3 } from "./hash";

const mod = (a: bigint, m: bigint) => ((a % m) + m) % m;

function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1, s0, s1] = [m, mod(a, m), 0n, 1n];
  while (r1 > 0n) {
    const q = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - q * r1, s1, s0 - q * s1];
  }
  return mod(s0, m);
}

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const GX = 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n;
const GY = 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n;

/** Jacobian coordinates; z = 0 is the point at infinity. */
type Point = readonly [x: bigint, y: bigint, z: bigint];
const NONE: Point = [1n, 1n, 0n];

function double([x, y, z]: Point): Point {
  if (z === 0n || y === 0n) return NONE;
  const z2 = (z * z) % P;
  // a = −3 on this curve.
  const m = mod(3n * (x - z2) * (x + z2), P);
  const y2 = (y * y) % P;
  const s = (4n * x * y2) % P;
  const x3 = mod(m * m - 2n * s, P);
  return [x3, mod(m * (s - x3) - 8n * y2 * y2, P), (2n * y * z) % P];
}

function add(a: Point, b: Point): Point {
  if (a[2] === 0n) return b;
  if (b[2] === 0n) return a;
  const [za, zb] = [(a[2] * a[2]) % P, (b[2] * b[2]) % P];
  const [ua, ub] = [(a[0] * zb) % P, (b[0] * za) % P];
  const [sa, sb] = [(a[1] * zb * b[2]) % P, (b[1] * za * a[2]) % P];
  if (ua === ub) return sa === sb ? double(a) : NONE;
  const h = mod(ub - ua, P);
  const r = mod(sb - sa, P);
  const h2 = (h * h) % P;
  const h3 = (h * h2) % P;
  const u = (ua * h2) % P;
  const x = mod(r * r - h3 - 2n * u, P);
  return [x, mod(r * (u - x) - sa * h3, P), (h * a[2] * b[2]) % P];
}

function times(point: Point, factor: bigint): Point {
  let out = NONE;
  for (const bit of factor.toString(2)) {
    out = double(out);
    if (bit === "1") out = add(out, point);
  }
  return out;
}

const bytes32 = (value: bigint): Uint8Array =>
  Uint8Array.from(value.toString(16).padStart(64, "0").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const onCurve = (x: bigint, y: bigint) => x < P && y < P && mod(y * y - (x * x * x - 3n * x + B), P) === 0n;

/** Whether 65 bytes 04‖X‖Y are a point of sm2p256v1. */
export function isSm2Key(key: Uint8Array): boolean {
  return key.length === 65 && key[0] === 4 && onCurve(number(key.slice(1, 33)), number(key.slice(33)));
}

/** The customary user id that goes into every SM2 signature. */
const USER = utf8("1234567812345678");

export function verifySm2(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64 || !isSm2Key(key)) return false;
  const [r, s] = [number(signature.slice(0, 32)), number(signature.slice(32))];
  if (r < 1n || r >= N || s < 1n || s >= N) return false;
  const bits = USER.length * 8;
  const length = Uint8Array.of(bits >> 8, bits & 255);
  const curve = [mod(-3n, P), B, GX, GY].map(bytes32);
  const z = sm3(join(length, USER, ...curve, key.slice(1)));
  const e = number(sm3(join(z, message)));
  const t = mod(r + s, N);
  if (t === 0n) return false;
  const point = add(times([GX, GY, 1n], s), times([number(key.slice(1, 33)), number(key.slice(33)), 1n], t));
  if (point[2] === 0n) return false;
  const x = mod(point[0] * inverse(point[2] * point[2], P), P);
  return mod(e + x, N) === r;
}

const Q = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n, Q), Q);

function power(base: bigint, exponent: bigint): bigint {
  let [out, square, rest] = [1n, mod(base, Q), exponent];
  while (rest > 0n) {
    if (rest & 1n) out = (out * square) % Q;
    square = (square * square) % Q;
    rest >>= 1n;
  }
  return out;
}

type Extended = readonly [x: bigint, y: bigint, z: bigint, t: bigint];
const ZERO: Extended = [0n, 1n, 1n, 0n];

function plus(a: Extended, b: Extended): Extended {
  const m = mod((a[1] - a[0]) * (b[1] - b[0]), Q);
  const n = mod((a[1] + a[0]) * (b[1] + b[0]), Q);
  const c = mod(2n * a[3] * D * b[3], Q);
  const d = mod(2n * a[2] * b[2], Q);
  const [e, f, g, h] = [n - m, d - c, d + c, n + m];
  return [mod(e * f, Q), mod(g * h, Q), mod(f * g, Q), mod(e * h, Q)];
}

function scaled(point: Extended, factor: bigint): Extended {
  let out = ZERO;
  for (const bit of factor.toString(2)) {
    out = plus(out, out);
    if (bit === "1") out = plus(out, point);
  }
  return out;
}

const little = (bytes: Uint8Array) => number(bytes.slice().reverse());

/** A point from its 32 bytes; nothing where it is none or of small order. */
function decompress(bytes: Uint8Array): Extended | undefined {
  const packed = little(bytes);
  const y = packed & (2n ** 255n - 1n);
  if (bytes.length !== 32 || y >= Q) return undefined;
  const [u, v] = [mod(y * y - 1n, Q), mod(D * y * y + 1n, Q)];
  let x = mod(u * v ** 3n * power(u * v ** 7n, (Q - 5n) / 8n), Q);
  const check = mod(v * x * x, Q);
  if (check === mod(-u, Q)) x = mod(x * power(2n, (Q - 1n) / 4n), Q);
  else if (check !== u) return undefined;
  const odd = packed >> 255n;
  if (x === 0n && odd === 1n) return undefined;
  if ((x & 1n) !== odd) x = Q - x;
  const point: Extended = [x, y, 1n, mod(x * y, Q)];
  const eight = scaled(point, 8n);
  return eight[0] === 0n && eight[1] === eight[2] ? undefined : point;
}

export const isEd25519Key = (key: Uint8Array): boolean => decompress(key) !== undefined;

/** The strict check: canonical values, no point of small order. SHA-512 comes from the browser. */
export async function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (signature.length !== 64) return false;
  const [a, r] = [decompress(key), decompress(signature.slice(0, 32))];
  const s = little(signature.slice(32));
  if (!a || !r || s >= L) return false;
  const all = join(signature.slice(0, 32), key, message);
  const digest = await crypto.subtle.digest("SHA-512", all.slice().buffer as ArrayBuffer);
  const k = little(new Uint8Array(digest)) % L;
  const gy = mod(4n * inverse(5n, Q), Q);
  const base = decompress(bytes32(gy).reverse());
  if (!base) return false;
  const left = scaled(base, s);
  const right = plus(r, scaled(a, k));
  return (
    mod(left[0] * right[2] - right[0] * left[2], Q) === 0n && mod(left[1] * right[2] - right[1] * left[2], Q) === 0n
  );
}
