// One browser for the run; one context per person, as if each sat at their own desk.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SHOTS = process.env.ANLAN_SHOTS;

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ARGS });
}

/** Somebody at a screen of their own, signed in through the login page. */
export async function person(browser, node, username, size = { width: 1440, height: 900 }) {
  const context = await browser.newContext({
    baseURL: node.http,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport: size,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") page.faults.push(message.text());
  });
  await page.goto("/login");
  await page.getByLabel("用户名").fill(username);
  await page.getByLabel("密码").fill(node.password);
  await page.getByRole("button", { name: /登\s*录/ }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  return page;
}

/** Keeps a picture where the run was asked for pictures. */
export async function shot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: false });
}

/** Serious and critical faults that axe finds on the page; the script is injected past the CSP. */
export async function accessibility(page) {
  const { readFileSync } = await import("node:fs");
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: readFileSync(axe, "utf8") });
  const { result } = await session.send("Runtime.evaluate", {
    expression:
      "axe.run().then((r) => JSON.stringify(r.violations.filter((v) => ['serious','critical'].includes(v.impact)).map((v) => v.id + ': ' + v.nodes.map((n) => n.target).join(' '))))",
    awaitPromise: true,
    returnByValue: true,
  });
  return JSON.parse(result.value);
}

/** The same caller's own API, with cookie and CSRF token of the page. */
export function api(page, path, init = {}) {
  return page.evaluate(
    async ([path, init]) => {
      const session = await (await fetch("/api/v1/session")).json();
      const headers = { "X-CSRF-Token": session.csrf, ...(init.body ? { "Content-Type": "application/json" } : {}) };
      const response = await fetch(`/api/v1${path}`, { ...init, headers });
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : null };
    },
    [path, init],
  );
}
