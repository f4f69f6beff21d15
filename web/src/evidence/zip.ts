/** Reads a zip in memory: names, bytes, nothing else. Refuses repeated names, encryption and what unpacks too large. */
import { refuse, text } from "./bytes";

const MOST = 512 * 1024 * 1024;
const WHAT = "案卷包";

export async function unzip(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) refuse(WHAT, "不是完好的 zip 文件");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const files = new Map<string, Uint8Array>();
  let left = MOST;
  for (let n = 0; n < count; n++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) refuse(WHAT, "不是完好的 zip 文件");
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const [name, extra, note] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    const path = text(WHAT, bytes.slice(at + 46, at + 46 + (name ?? 0)));
    at += 46 + (name ?? 0) + (extra ?? 0) + (note ?? 0);
    if (path.endsWith("/")) continue;
    if (files.has(path)) refuse(WHAT, "有同名文件，不同软件会解出不同内容");
    if (flags & 1 || (method !== 0 && method !== 8) || local + 30 > bytes.length) refuse(WHAT, "不是完好的 zip 文件");
    left -= size;
    if (left < 0) refuse(WHAT, "解开后过大");
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const raw = bytes.slice(start, start + packed);
    const out = method === 8 ? await inflate(raw, size) : raw;
    if (out.length !== size) refuse(WHAT, "不是完好的 zip 文件");
    files.set(path, out);
  }
  return files;
}

async function inflate(raw: Uint8Array, size: number): Promise<Uint8Array> {
  const stream = new Blob([raw.slice().buffer as ArrayBuffer])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  const out = new Uint8Array(size);
  let place = 0;
  try {
    for (const reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      // What unpacks to more than it says is a bomb or damaged.
      if (place + value.length > size) refuse(WHAT, "不是完好的 zip 文件");
      out.set(value, place);
      place += value.length;
    }
  } catch {
    refuse(WHAT, "不是完好的 zip 文件");
  }
  return out.slice(0, place);
}
