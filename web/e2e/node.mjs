// Starts a node of its own for the browser tests: temporary folder, free ports, stopped by its process id.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BINARY = process.env.ANLAN_BIN ?? "target/debug/anlan";

/** Runs a command of ours to its end and gives back what it printed. */
export function anlan(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("close", (code) =>
      code === 0 ? resolve(out) : reject(new Error(`anlan ${args.join(" ")}: ${err || out}`)),
    );
  });
}

/** A serving node with the demo county's registers. */
export async function startNode(extra = []) {
  const data = mkdtempSync(join(tmpdir(), "anlan-e2e-"));
  const flags = [
    "--demo",
    "--demo-days",
    "0",
    "--data",
    data,
    "--node",
    "e2e",
    "--listen",
    "127.0.0.1:0",
    "--http",
    "127.0.0.1:0",
  ];
  const child = spawn(BINARY, ["serve", ...flags, "--mqtt", "127.0.0.1:0", "--mqtts", "off", ...extra], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const started = new Promise((resolve, reject) => {
    const note = (chunk) => {
      printed += chunk;
      if (printed.includes("按 Ctrl-C 停止")) resolve();
    };
    child.stdout.on("data", note);
    child.stderr.on("data", (chunk) => {
      printed += chunk;
    });
    child.on("close", (code) => reject(new Error(`the node ended with ${code}:\n${printed}`)));
    setTimeout(() => reject(new Error(`the node did not start:\n${printed}`)), 240_000).unref();
  });
  await started;
  const find = (pattern) => printed.match(pattern)?.[1];
  return {
    data,
    https: find(/网页\s+(https:\S+)/),
    http: find(/本机明文 (http:\S+)/),
    mqtt: find(/设备接入 mqtt:\/\/(\S+)/),
    password: find(/密码[：:]\s*(\S+)/),
    log: () => printed,
    async stop() {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}
