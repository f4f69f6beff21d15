// Paper and proof: a list is printed and exported, a workbook is tried and written, and an
// authenticator is bound and asked for.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { api, person, shot } from "./browser.mjs";

const DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** A credit code with its check digit (GB 32100-2015). */
function creditCode(base) {
  let sum = 0;
  let weight = 1;
  for (const digit of base) {
    sum += DIGITS.indexOf(digit) * weight;
    weight = (weight * 3) % 31;
  }
  return base + DIGITS[(31 - (sum % 31)) % 31];
}

/** What an authenticator shows for a secret, some steps from now (RFC 6238). */
function code(secret, ahead = 0) {
  const bits = [...secret]
    .map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", key).update(step).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export async function a_list_is_printed_and_exported({ browser, node, assert }) {
  const page = await person(browser, node, "officer@GOV");
  await page.goto("/enterprises");
  await page.locator("table tbody tr.ant-table-row").first().waitFor();
  const rows = await page.locator("table tbody tr.ant-table-row").count();
  await page.emulateMedia({ media: "print" });
  for (const hidden of [".sider", ".header", ".toolbar", ".pager"]) {
    assert.equal(await page.locator(hidden).first().isVisible(), false, `${hidden} is not printed`);
  }
  const mark = page.locator(".print-mark");
  assert.match(await mark.innerText(), /officer@GOV/, "the paper says who printed it");
  assert.match(await mark.innerText(), /\d{4}-\d{2}-\d{2}/, "and when");
  assert.equal(await page.locator("table tbody tr.ant-table-row").count(), rows);
  await shot(page, "print-enterprises");
  await page.emulateMedia({ media: null });

  await page.getByRole("button", { name: "导出" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Excel 工作簿" }).click(),
  ]);
  assert.ok(download.suggestedFilename().endsWith(".xlsx"), download.suggestedFilename());
  assert.equal(
    readFileSync(await download.path())
      .subarray(0, 2)
      .toString(),
    "PK",
  );
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

export async function a_workbook_is_tried_and_then_written({ browser, node, assert }) {
  const page = await person(browser, node, "officer@GOV");
  const good = creditCode("91990121MA0E2E00X".slice(0, 17));
  const table = [
    "企业名称,统一社会信用代码,行政区划代码,从业人数",
    `浏览器导入试验有限公司,${good},990121103,12`,
    "代码有误有限公司,91990121MA0E2E00X0,990121103,十二",
  ].join("\n");
  await page.goto("/imports/enterprises");
  const file = page.locator("input[type=file]");
  await file.setInputFiles({ name: "企业.csv", mimeType: "text/csv", buffer: Buffer.from(`\ufeff${table}`) });
  await page.getByText(/共 2 行，1 行可以写入，1 行有错误/).waitFor();
  assert.match(await page.locator("table").last().innerText(), /统一社会信用代码/, "the fault names its column");
  await shot(page, "import-tried");
  const found = async () => (await api(page, "/enterprises?q=浏览器导入试验")).body.items.length;
  assert.equal(await found(), 0, "a trial writes nothing");
  await page.getByRole("button", { name: /写入 1 行/ }).click();
  await page.getByText("已写入 1 行").waitFor();
  assert.equal(await found(), 1);
  await shot(page, "import-written");
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

export async function an_authenticator_is_bound_and_then_asked_for({ browser, node }) {
  const page = await person(browser, node, "principal@E001");
  await page.goto("/account");
  await page.getByRole("button", { name: "启用动态口令" }).click();
  const secret = (await page.locator(".mono").innerText()).trim();
  const field = page.getByLabel("验证器显示的 6 位数字");
  await field.fill("000000");
  await page.getByRole("button", { name: "确认启用" }).click();
  await page.getByRole("alert").first().waitFor();
  await shot(page, "totp-wrong");
  await field.fill(code(secret));
  await page.getByRole("button", { name: "确认启用" }).click();
  await page.getByRole("button", { name: "重新绑定" }).waitFor();
  await page.context().close();

  const again = await browser.newContext({ baseURL: node.http, locale: "zh-CN" });
  const login = await again.newPage();
  await login.goto("/login");
  await login.getByLabel("用户名").fill("principal@E001");
  await login.getByLabel("密码").fill(node.password);
  await login.getByRole("button", { name: /登\s*录/ }).click();
  await login.getByLabel("动态口令").waitFor();
  await shot(login, "totp-login");
  // Each code is accepted once, so the next one is shown.
  await login.getByLabel("动态口令").fill(code(secret, 1));
  await login.getByRole("button", { name: /登\s*录/ }).click();
  await login.waitForURL((url) => !url.pathname.startsWith("/login"));
  await again.close();
}
