// A reading over MQTT becomes an alarm that is followed by duty officer, safety manager and leader,
// while the insurer and another county see nothing of it.
import { api, person, shot } from "./browser.mjs";
import { anlan } from "./node.mjs";

const FIRM = "岚江氯碱";
/** A photo of one pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Waits until an answer of the API satisfies, as the page's own polling would. */
async function until(page, path, satisfied, what) {
  for (let i = 0; i < 120; i++) {
    const { body } = await api(page, path);
    if (satisfied(body)) return body;
    await page.waitForTimeout(500);
  }
  throw new Error(`waited in vain for ${what}`);
}

async function fillDialog(page, fields, button) {
  const dialog = page.getByRole("dialog");
  for (const [label, text] of Object.entries(fields)) await dialog.getByLabel(label, { exact: true }).fill(text);
  await dialog.getByRole("button", { name: button }).click();
  await dialog.waitFor({ state: "hidden" });
}

export async function reading_to_answered_alarm({ browser, node, assert }) {
  const duty = await person(browser, node, "duty_officer@GOV");
  const manager = await person(browser, node, "safety_manager@E001");
  const leader = await person(browser, node, "leader@GOV");
  const insurer = await person(browser, node, "underwriter@INS4");
  const neighbour = await person(browser, node, "officer@GOV2");
  await duty.goto("/desk");
  await leader.goto("/cockpit");
  await duty.getByText("辖区内没有未处置的预警").first().waitFor();

  const story = anlan("simulate", "story", "S1", "--data", node.data, "--mqtt", node.mqtt, "--speed", "20");
  story.catch((error) => console.log(`simulate: ${error.message}`));
  await duty.getByText(FIRM).first().waitFor({ timeout: 120_000 });
  await shot(duty, "story-desk");
  await leader.getByText(FIRM).first().waitFor({ timeout: 60_000 });
  await shot(leader, "story-cockpit");

  const { items } = await until(duty, "/alarms?state=active&page[size]=50", (b) => b?.items?.length > 0, "an alarm");
  const alarm = items.find((a) => a.tag.includes("cl2-17")) ?? items[0];
  assert.equal(alarm.priority, 1, `chlorine on a major hazard source is most urgent: ${alarm.priority_why}`);
  for (const stranger of [insurer, neighbour]) {
    assert.equal((await api(stranger, "/alarms")).body.total, 0, "no alarm in the list");
    assert.equal((await api(stranger, `/alarms/${alarm.id}`)).status, 404);
    assert.equal((await api(stranger, `/timeline?subject=alarm/${alarm.id}`)).body.items.length, 0);
  }

  await manager.goto(`/alarms/${alarm.id}`);
  await manager.getByRole("button", { name: "签收" }).click();
  await fillDialog(manager, { 处置情况: "已派人到现场" }, /签\s*收/);
  await manager.getByRole("button", { name: "说明原因" }).click();
  const dialog = manager.getByRole("dialog");
  await dialog.getByLabel("原因类别").click();
  await manager.locator(".ant-select-item-option").first().click();
  const photo = { name: "法兰.png", mimeType: "image/png", buffer: PIXEL };
  await dialog.locator("input[type=file]").setInputFiles(photo);
  await dialog.getByRole("button", { name: "移除 法兰.png" }).waitFor();
  await fillDialog(
    manager,
    { 原因说明: "法兰垫片老化渗漏，已隔离该段管线", 已采取的措施: "已隔离并更换部件" },
    /提\s*交/,
  );
  await story;
  await until(manager, `/alarms/${alarm.id}`, (a) => a.back_to_normal, "the value to return");
  await duty.goto(`/alarms/${alarm.id}`);
  await duty.getByRole("button", { name: /消\s*警/ }).click();
  await fillDialog(duty, { 消警意见: "原因清楚，措施到位，数值已恢复" }, /消\s*警/);
  await shot(duty, "story-alarm");

  const { items: acts } = (await api(duty, `/timeline?subject=alarm/${alarm.id}`)).body;
  const kinds = acts.map((act) => act.kind);
  assert.equal(acts.find((act) => act.kind === "iot.alarm.explained").files.length, 1, "the photo stands with it");
  for (const kind of ["iot.alarm.raised", "iot.alarm.acknowledged", "iot.alarm.explained", "iot.alarm.cleared"]) {
    assert.ok(kinds.includes(kind), `${kind} stands on the timeline`);
  }
  for (const page of [duty, manager, leader]) assert.deepEqual(page.faults, []);
  for (const page of [duty, manager, leader, insurer, neighbour]) await page.context().close();
}
