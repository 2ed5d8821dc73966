import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { FleetConnections } from "../../web/api/shapes.ts";
import { Caller } from "../server/caller.ts";
import { tcpCounts } from "../support/connection-sample.ts";
import { aConnectionBatch, busySample } from "../support/connections.ts";
import { hostNamed } from "../support/lookout.ts";
import { violations } from "./axe.ts";
import { fillConnections, fillFolder } from "./fleet.ts";
import { openHarbour, type Harbour } from "./harbour.ts";
import { troubledFleet } from "./troubled-fleet.ts";
import { buildWeb, noBrowser, openBrowser, setUp, settled, visit } from "./page.ts";

const skip = noBrowser;
const waitMs = 15_000;
const halfOpen = 912;

let browser: Browser;
let harbour: Harbour;
let page: Page;
/** Of quay-1. */
let agent: Caller;

before(async () => {
  if (skip !== false) return;
  buildWeb();
  const folder = mkdtempSync(join(tmpdir(), "portolan-connections-"));
  const endMs = Date.now();
  // Ten minutes of it in the last half hour.
  const flooded = (ms: number) => {
    const sample = busySample(ms, 4_000);
    const agoMs = endMs - ms;
    const isFlood = agoMs > 900_000 && agoMs < 1_500_000;
    return isFlood ? { ...sample, tcp: { ...sample.tcp, "SYN-RECEIVED": halfOpen } } : sample;
  };
  const hosts = [
    { hostname: "quay-1", sampleAt: flooded },
    { hostname: "quay-2", sampleAt: (ms: number) => busySample(ms, 500) },
    ...troubledFleet(endMs),
  ];
  await fillFolder(folder, [{ hostname: "pier-9", listeners: [] }]);
  const [secret] = await fillConnections(folder, hosts, { spanMs: 3_600_000, everyMs: 10_000 });
  [browser, harbour] = await Promise.all([openBrowser(), openHarbour(folder, ["--no-scan-node"])]);
  agent = new Caller(harbour.url, secret);
  ({ page } = await visit(browser, harbour.url));
  page.setDefaultTimeout(waitMs);
  await setUp(page, harbour.link);
});
after(async () => {
  await browser?.close();
  await harbour?.close();
});

test("the keys lead to the fleet's connections, and from there to a host's", { skip }, async () => {
  await page.locator("main").focus();
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await page.getByRole("heading", { level: 1, name: "Connections" }).waitFor();
  await page.getByRole("row", { name: /quay-2/ }).waitFor();
  await page.getByRole("link", { name: "quay-1" }).click();
  await page.getByRole("heading", { level: 1, name: "quay-1" }).waitFor();
  for (const name of ["Local ports", "Remote addresses", "Remote prefixes", "Processes"]) {
    await page.getByRole("region", { name, exact: true }).getByRole("table").waitFor();
  }
});

test("a local port leads to who listens on it", { skip }, async () => {
  await page.getByRole("link", { name: "tcp/443" }).click();
  await page.waitForURL(/\/ports\?.*port=443/);
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "quay-1" }).waitFor();
});

test("a flood that is over stands in the chart, and the arrow keys read it out", { skip }, async () => {
  await page.getByRole("img", { name: /^Half-open .*highest 912/ }).waitFor();
  const chart = page.getByRole("application", { name: /arrow keys/i });
  await chart.focus();
  await page.keyboard.press("End");
  const legend = page.getByRole("button", { name: /^SYN-RECEIVED/ });
  const told = async (): Promise<number> => Number((await legend.innerText()).replace(/\D+/g, ""));
  assert.ok((await told()) < halfOpen);
  for (let steps = 0; steps < 130 && (await told()) !== halfOpen; steps += 1) {
    await page.keyboard.press("ArrowLeft");
  }
  assert.equal(await told(), halfOpen);
  await page.keyboard.press("Escape");
  assert.ok((await told()) < halfOpen);
});

test("a new count stands there without a reload", { skip }, async () => {
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  const sample = { ...busySample(Date.now()), tcp: tcpCounts({ LISTEN: 4, "CLOSE-WAIT": 31_415 }) };
  const batch = aConnectionBatch([sample], { host: hostNamed("quay-1") });
  assert.equal((await agent.post("/intake/connections", batch)).status, 200);
  await page.getByRole("row", { name: /^CLOSE-WAIT 31,415/ }).waitFor();
  assert.equal(await page.evaluate(() => "sameDocument" in window), true);
});

test("a band that hides the others can be taken away", { skip }, async () => {
  const name = page.getByRole("button", { name: /^ESTABLISHED/ });
  const bands = page.locator(".stacked-plot .band");
  assert.equal(await bands.count(), 6);
  await name.click();
  assert.equal(await bands.count(), 5);
  assert.equal(await name.getAttribute("aria-pressed"), "false");
  await name.click();
});

test("every state is told with its figure and what it means", { skip }, async () => {
  const rows = page.getByRole("region", { name: "The eleven states" }).getByRole("row");
  assert.equal(await rows.count(), 12);
  for (const row of (await rows.all()).slice(1)) {
    const text = await row.innerText();
    assert.match(text, /^[A-Z0-9-]+\s+[\d,]+/);
    assert.ok(text.length > 60, text);
  }
});

test("the span and the rows stand in the address, and survive a reload", { skip }, async () => {
  await page.getByText("24 h", { exact: true }).click();
  await page.getByText("Over the span", { exact: true }).click();
  await page.waitForURL(/span=24h&rows=span/);
  await page.reload();
  await settled(page);
  const ports = page.getByRole("region", { name: "Local ports" });
  await ports.getByRole("columnheader", { name: "Mean" }).waitFor();
  assert.equal(await ports.getByRole("row", { name: /tcp\/443/ }).count(), 1);
  await page.getByText("Show as a table").click();
  await page.getByRole("columnheader", { name: "CLOSE-WAIT" }).waitFor();
  assert.deepEqual(await violations(page), []);
});

test("what is wrong stands on the fleet's page, worst first, and leads to the host", { skip }, async () => {
  await page.goto(`${harbour.url}/connections`);
  const band = page.getByRole("region", { name: "What is wrong now" });
  const lines = band.getByRole("listitem");
  await band.getByText("gate-1").waitFor();
  const told = (await lines.allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
  assert.match(told[0] ?? "", /Critical/);
  const flood = told.find((text) => text.includes("gate-1")) ?? "";
  assert.match(
    flood,
    /Warning.*gate-1 SYN flood 4,100 half-open connections.*203\.0\.113\.7 1,600 and 2 more/,
  );
  assert.match(told.find((text) => text.includes("depot-2")) ?? "", /CLOSE-WAIT leak: java \(4711\)/);
  await band.getByRole("link", { name: "gate-1" }).click();
  const card = page.getByRole("region", { name: "SYN flood" });
  await card.getByText("4,100 half-open connections").waitFor();
  await card.getByText("Turn SYN cookies on", { exact: false }).waitFor();
  const odd = page.getByRole("region", { name: "Odd addresses" });
  await odd.getByRole("row", { name: /203\.0\.113\.7 1,600 .*half-open · never seen before/ }).waitFor();
});

test("who says that it is normal here is asked once more, and then it is over", { skip }, async () => {
  const card = page.getByRole("region", { name: "SYN flood" });
  await card.getByRole("button", { name: "This is normal here" }).click();
  const dialog = page.getByRole("dialog");
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "This is normal here" }).click();
  await card.waitFor({ state: "detached" });
  await page.getByRole("region", { name: "Odd addresses" }).waitFor();
  await page.goto(`${harbour.url}/events?kind=trouble-over`);
  const event = page.getByRole("listitem").filter({ hasText: "gate-1" });
  await event.getByText("SYN flood").waitFor();
  await event.getByRole("link", { name: "SYN flood" }).click();
  await page.getByRole("heading", { level: 1, name: "gate-1" }).waitFor();
});

test("a host's page shows its last hour, one that never counted says so", { skip }, async () => {
  const answer = await page.request.get(`${harbour.url}/api/v1/connections`);
  const { mostConnections } = (await answer.json()) as FleetConnections;
  await page.goto(`${harbour.url}/hosts/${mostConnections[0]?.hostId}`);
  await page.getByRole("region", { name: "Connections" }).getByRole("application").waitFor();
  const named = await page.request.get(`${harbour.url}/api/v1/hosts?q=pier-9`);
  const { rows } = (await named.json()) as { rows: { id: string }[] };
  await page.goto(`${harbour.url}/connections/${rows[0]?.id}`);
  await page.getByRole("heading", { name: "No connections counted yet" }).waitFor();
  await page.getByRole("link", { name: "See which hosts have an agent" }).waitFor();
});
