// Every menu page of every role opens without a fault, is accessible, and works on a phone.
import { accessibility, api, person, shot } from "./browser.mjs";

const ROLES = [
  "leader@GOV",
  "duty_officer@GOV",
  "officer@GOV",
  "enforcer@GOV",
  "supervisor@GOV",
  "sys_admin@GOV",
  "sec_admin@GOV",
  "auditor@GOV",
  "principal@E001",
  "safety_manager@E001",
  "underwriter@INS4",
  "risk_service@INS4",
  "project_manager@SVC5",
  "expert@SVC5",
];
const SIZES = { "1440x900": [1440, 900], "1366x768": [1366, 768], phone: [390, 844] };

export async function every_page_of_every_role({ browser, node, assert }) {
  const faults = [];
  const note = (fault) => {
    faults.push(fault);
    console.log(`      ${fault}`);
  };
  // A page that two roles share is one page: axe and the phone look at it once.
  const looked = new Set();
  for (const role of ROLES) {
    const page = await person(browser, node, role);
    const { body: session } = await api(page, "/session");
    const paths = ["/", ...new Set(session.menu.map((entry) => entry.path))];
    for (const path of paths) {
      page.faults.length = 0;
      await page.goto(path);
      await page.locator("h1").first().waitFor();
      // The live stream never goes idle, so what counts is that nothing on the page is still loading.
      await page.waitForFunction(() => !document.querySelector(".ant-spin-spinning, .ant-skeleton-active"));
      for (const fault of page.faults) note(`${role} ${path}: ${fault}`);
      if (looked.has(path) && path !== "/" && !process.env.ANLAN_SHOTS) continue;
      looked.add(path);
      for (const fault of await accessibility(page)) note(`${role} ${path}: axe ${fault}`);
      for (const [name, [width, height]] of Object.entries(SIZES)) {
        await page.setViewportSize({ width, height });
        await shot(page, `${role.replace("@", "-")}${path.replaceAll("/", "_")}-${name}`);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);
      if (wide) note(`${role} ${path}: the page is wider than a phone`);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    await page.context().close();
  }
  assert.equal(faults.join("\n"), "");
}

export async function a_wrong_password_says_so({ browser, node, assert }) {
  const context = await browser.newContext({ baseURL: node.http, locale: "zh-CN" });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("用户名").fill("officer@GOV");
  await page.getByLabel("密码").fill("wrong");
  await page.getByRole("button", { name: /登\s*录/ }).click();
  await page.getByText("用户名或密码不正确").waitFor();
  assert.ok(page.url().includes("/login"));
  await context.close();
}
