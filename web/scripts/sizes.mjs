// Prints what a first visit downloads, from the build manifest, and fails when a budget is broken.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = join(import.meta.dirname, "../dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

/** Everything that loads with these entries: their chunk, the chunks it imports statically, and their CSS. */
function closure(keys) {
  const files = new Set();
  const seen = new Set();
  const walk = (key) => {
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) return;
    seen.add(key);
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const next of chunk.imports ?? []) walk(next);
  };
  for (const key of keys) walk(key);
  return files;
}

function kilobytes(files) {
  let raw = 0;
  let gz = 0;
  for (const file of files) {
    const path = join(dist, file);
    const bytes = readFileSync(path);
    raw += bytes.length;
    gz += existsSync(`${path}.gz`) ? readFileSync(`${path}.gz`).length : gzipSync(bytes).length;
  }
  return { raw: Math.round(raw / 1000), gz: Math.round(gz / 1000), files: files.size };
}

const find = (end) => Object.keys(manifest).find((key) => key.endsWith(end));
const pages = [
  { page: "登录（首次打开）", parts: ["index.html", "src/app/Login.tsx"], budget: 420 },
  { page: "首页", parts: ["index.html", "src/app/Shell.tsx", "src/app/Home.tsx"], budget: 420 },
  { page: "值守台", parts: ["index.html", "src/app/Shell.tsx", "online/web/Desk.tsx"], budget: 420 },
  { page: "企业列表", parts: ["index.html", "src/app/Shell.tsx", "enterprise/web/EnterpriseList.tsx"], budget: 420 },
  { page: "驾驶舱", parts: ["index.html", "src/app/cockpit/Cockpit.tsx"], budget: 650 },
];
let failed = 0;
for (const { page, parts, budget } of pages) {
  const keys = parts.map((part) => {
    const key = find(part);
    if (!key) throw new Error(`页面文件不在构建结果里：${part}`);
    return key;
  });
  const { raw, gz, files } = kilobytes(closure(keys));
  const ok = gz <= budget;
  if (!ok) failed += 1;
  process.stdout.write(
    `${ok ? "合格" : "超出"}  ${page}  ${files} 个文件  原始 ${raw} kB  压缩 ${gz} kB  预算 ${budget} kB\n`,
  );
}
process.exit(failed ? 1 : 0);
