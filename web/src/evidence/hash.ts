/** SM3 (GB/T 32905-2016) and SHA-256 over whole messages. */

const rotate = (x: number, n: number) => (x << n) | (x >>> (32 - n));

/** The message in 64-byte blocks: a one bit, zeros, the length in bits. */
function padded(message: Uint8Array): DataView {
  const length = (((message.length + 8) >> 6) + 1) << 6;
  const bytes = new Uint8Array(length);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(length - 8, Math.floor(message.length / 0x2000_0000));
  view.setUint32(length - 4, (message.length << 3) >>> 0);
  return view;
}

function words(state: Int32Array): Uint8Array {
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  state.forEach((word, at) => {
    view.setInt32(at * 4, word);
  });
  return out;
}

const at = (list: Int32Array, index: number): number => list[index] ?? 0;

const SM3_START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];

export function sm3(message: Uint8Array): Uint8Array {
  const blocks = padded(message);
  const state = Int32Array.from(SM3_START);
  const w = new Int32Array(68);
  for (let start = 0; start < blocks.byteLength; start += 64) {
    for (let j = 0; j < 16; j++) w[j] = blocks.getInt32(start + j * 4);
    for (let j = 16; j < 68; j++) {
      const x = at(w, j - 16) ^ at(w, j - 9) ^ rotate(at(w, j - 3), 15);
      w[j] = x ^ rotate(x, 15) ^ rotate(x, 23) ^ rotate(at(w, j - 13), 7) ^ at(w, j - 6);
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let j = 0; j < 64; j++) {
      const twelve = rotate(a, 12);
      const ss1 = rotate((twelve + e + rotate(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32)) | 0, 7);
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = (ff + d + (ss1 ^ twelve) + (at(w, j) ^ at(w, j + 4))) | 0;
      const tt2 = (gg + h + ss1 + at(w, j)) | 0;
      [d, c, b, a] = [c, rotate(b, 9), a, tt1];
      [h, g, f, e] = [g, rotate(f, 19), e, tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] = at(state, i) ^ word;
    });
  }
  return words(state);
}

const SHA_START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4 §4.2.2). */
const SHA_K = (() => {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  return Int32Array.from(primes, (p) => cubeRootFraction(BigInt(p)));
})();

/** Exact, because a floating cube root is not good to 32 bits of fraction for every prime. */
function cubeRootFraction(prime: bigint): number {
  const target = prime << 96n;
  let low = 0n;
  let high = 1n << 36n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle * middle * middle <= target) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}

export function sha256(message: Uint8Array): Uint8Array {
  const blocks = padded(message);
  const state = Int32Array.from(SHA_START);
  const w = new Int32Array(64);
  for (let start = 0; start < blocks.byteLength; start += 64) {
    for (let j = 0; j < 16; j++) w[j] = blocks.getInt32(start + j * 4);
    for (let j = 16; j < 64; j++) {
      const [x, y] = [at(w, j - 15), at(w, j - 2)];
      const s0 = rotate(x, 25) ^ rotate(x, 14) ^ (x >>> 3);
      const s1 = rotate(y, 15) ^ rotate(y, 13) ^ (y >>> 10);
      w[j] = (at(w, j - 16) + s0 + at(w, j - 7) + s1) | 0;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let j = 0; j < 64; j++) {
      const s1 = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(SHA_K, j) + at(w, j)) | 0;
      const s0 = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] = (at(state, i) + word) | 0;
    });
  }
  return words(state);
}
