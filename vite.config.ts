import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;

/** Writes `x.gz` beside every text file of the build, so that the server hands out bytes and never spends CPU on compressing. */
function precompress(): Plugin {
  return {
    name: "anlan-precompress",
    apply: "build",
    writeBundle(options) {
      const dir = options.dir ?? "web/dist";
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|html|svg|json)$/.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const raw = readFileSync(file);
        if (raw.length > 1024) writeFileSync(`${file}.gz`, gzipSync(raw, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: resolve(root, "web"),
  plugins: [react(), precompress()],
  resolve: {
    alias: {
      "@kit": resolve(root, "web/src/kit"),
      "@api": resolve(root, "web/src/api"),
      "@app": resolve(root, "web/src/app"),
    },
    dedupe: ["react", "react-dom", "antd", "@tanstack/react-query", "@tanstack/react-router"],
  },
  server: {
    fs: { allow: [root] },
    watch: { ignored: ["**/target/**"] },
    proxy: { "/api": { target: process.env.ANLAN_URL ?? "http://127.0.0.1:8080" } },
  },
  build: {
    target: ["chrome107", "firefox104", "safari16"],
    outDir: resolve(root, "web/dist"),
    emptyOutDir: true,
    manifest: true,
    chunkSizeWarningLimit: 1200,
  },
  test: {
    root,
    environment: "happy-dom",
    include: ["web/src/**/*.spec.{ts,tsx}", "crates/*/src/*/web/**/*.spec.{ts,tsx}"],
    setupFiles: ["web/src/test-setup.ts"],
    testTimeout: 60_000,
  },
});
