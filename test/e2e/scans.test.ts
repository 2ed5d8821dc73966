import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Caller } from "../server/caller.ts";
import { violations } from "./axe.ts";
import { openHarbour, type Harbour } from "./harbour.ts";
import { buildWeb, noBrowser, openBrowser, password, setUp, settled, visit } from "./page.ts";
import { administrator, lane, sampleAt, ScanNode, scanScope } from "./scan-node.ts";

const skip = noBrowser;
/** The stream lets the page ask at most every 2 s; a busy machine adds to it. */
const waitMs = 15_000;

let browser: Browser;
let harbour: Harbour;
let page: Page;
let admin: Caller;
let node: ScanNode;

before(async () => {
  if (skip !== false) return;
  buildWeb();
  [browser, harbour] = await Promise.all([
    openBrowser(),
    openHarbour(undefined, ["--no-scan-node"], scanScope),
  ]);
  ({ page } = await visit(browser, harbour.url));
  page.setDefaultTimeout(waitMs);
  await setUp(page, harbour.link);
  admin = await administrator(harbour.url);
  node = await ScanNode.open(admin, "node-quay");
  // Nothing may reload the page from here on.
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
});
after(async () => {
  await browser?.close();
  await harbour?.close();
});

test("a plan tells what it will take, and a wrong target at its field", { skip }, async () => {
  await page.locator("main").focus();
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.getByRole("heading", { name: "No plan yet" }).waitFor();
  await page.getByText("127.0.0.0/24").first().waitFor();
  await page.getByRole("button", { name: "Add a plan" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Quay");
  const targets = dialog.getByLabel("Targets");
  await targets.fill("127.0.0.0/28\n127.0.0.9-1");
  await dialog.getByText("A list", { exact: true }).click();
  await dialog.getByLabel("Ports", { exact: true }).last().fill("22, 80, 8000-8099");
  await dialog.getByLabel("Bandwidth").fill("1mbit");
  const send = dialog.getByRole("button", { name: "Add a plan" });
  await send.click();
  await dialog.getByText("“127.0.0.9-1” begins with the larger address.").waitFor();
  assert.equal(await targets.getAttribute("aria-invalid"), "true");
  assert.equal(await targets.evaluate((field) => field === document.activeElement), true);
  assert.deepEqual(await violations(page), []);

  await targets.fill("127.0.0.0/28, 127.0.1.1");
  await send.click();
  await dialog.getByText("127.0.1.1 lies outside of what may be scanned.").waitFor();

  await targets.fill("127.0.0.0/28");
  const estimate = await dialog.getByRole("region", { name: "What one pass takes" }).textContent();
  assert.match(estimate ?? "", /Addresses16Ports each102Packets1,632Bytes94\.7 kB.*0\.8 sec/);
  await send.click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("row", { name: /Quay.*127\.0\.0\.0\/28.*22,80,8000-8099.*by hand/ }).waitFor();
});

test("a scan shows its course without a reload, and stops when it is told to", { skip }, async () => {
  await page.getByRole("button", { name: "Scan now: Quay" }).click();
  await page.getByText("Waits for a scan node.").waitFor();
  const runId = await node.lease();
  await node.report(runId, { samples: [sampleAt(0.2)] });
  const progress = page.getByRole("progressbar", { name: "Done of Quay" });
  await progress.and(page.locator("[aria-valuenow='20']")).waitFor();
  assert.equal(await page.getByRole("button", { name: "Scan now: Quay" }).isDisabled(), true);
  await page.getByText("480 packets/s").waitFor();
  await page.getByText("1.23%").first().waitFor();

  await page.getByRole("link", { name: "Quay" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Quay" }).waitFor();
  await node.report(runId, {
    samples: [sampleAt(0.42)],
    lanes: [lane("127.0.0.9", 1), lane("127.0.0.10", 3, { everywhere: true })],
  });
  await progress.and(page.locator("[aria-valuenow='42']")).waitFor();
  await page.getByRole("row", { name: /127\.0\.0\.10.*answers on every port/ }).waitFor();
  await page.getByRole("img", { name: /^Link use: 222\.7 kbit\/s/ }).waitFor();

  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("stopped").first().waitFor();
  assert.equal(await node.report(runId, { samples: [sampleAt(0.44)] }), false);
  assert.equal(await page.evaluate(() => "sameDocument" in window), true, "the page was never reloaded");
});

test("the palette starts a scan, and its page opens", { skip }, async () => {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/Port, process, host/).waitFor();
  await page.keyboard.type("quay");
  await page.locator(".mantine-Spotlight-action").filter({ hasText: "Scan now" }).click();
  await page.getByRole("heading", { level: 1, name: "Quay" }).waitFor();
  await page.getByText("waiting").first().waitFor();
});

test("who may only read sees plans and scans, and no button that would be refused", { skip }, async () => {
  const added = await admin.post("/users", { name: "reader", password, role: "viewer" });
  assert.equal(added.status, 201);
  const { page: readers, context } = await visit(browser, harbour.url);
  await readers.request.post(`${harbour.url}/api/v1/session`, { data: { name: "reader", password } });
  await readers.goto(`${harbour.url}/scans`);
  await readers.getByRole("row", { name: /Quay/ }).first().waitFor();
  await settled(readers);
  assert.deepEqual(await readers.locator("main").getByRole("button").allTextContents(), []);
  await context.close();
});

test("without a scope the page says what is to be declared, and offers no plan", { skip }, async () => {
  const bare = await openHarbour();
  try {
    const { page: visitor, context } = await visit(browser, bare.url);
    await setUp(visitor, bare.link);
    await visitor.goto(`${bare.url}/scans`);
    await visitor.getByRole("heading", { name: "Nothing may be scanned yet" }).waitFor();
    assert.match((await visitor.locator("pre").textContent()) ?? "", /^scan:\n {2}scope: \[/);
    assert.equal(await visitor.getByRole("button", { name: "Add a plan" }).count(), 0);
    assert.deepEqual(await violations(visitor), []);
    await context.close();
  } finally {
    await bare.close();
  }
});
