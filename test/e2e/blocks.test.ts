// The host is made up: it decides as an agent does, and has a kernel that blocks nothing.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import type { Browser, Page } from "playwright-core";
import { BlockDesk } from "../../src/agent/block-desk.ts";
import { watchBlocks } from "../../src/agent/block-watch.ts";
import { createOrderLink } from "../../src/agent/order-link.ts";
import { systemClock } from "../../src/base/clock.ts";
import { newId } from "../../src/base/id.ts";
import { busySample } from "../support/connections.ts";
import { madeUpFirewall } from "../support/made-up-firewall.ts";
import { violations } from "./axe.ts";
import { fillConnections } from "./fleet.ts";
import { openHarbour, type Harbour } from "./harbour.ts";
import { buildWeb, noBrowser, openBrowser, setUp, settled, usualLook, visit, type Cookies } from "./page.ts";

const skip = noBrowser;
const waitMs = 6_000;
const shots = process.env["PORTOLAN_SCREENSHOTS"];
const knownPeer = "203.0.113.20";

let browser: Browser;
let harbour: Harbour;
let page: Page;
let cookies: Cookies;
const stop = new AbortController();

before(async () => {
  if (skip !== false) return;
  buildWeb();
  const folder = mkdtempSync(join(tmpdir(), "portolan-blocks-"));
  const hosts = [{ hostname: "quay-1", sampleAt: (ms: number) => busySample(ms, 4_000) }];
  const [secret = ""] = await fillConnections(folder, hosts, { spanMs: 600_000, everyMs: 10_000 });
  [browser, harbour] = await Promise.all([
    openBrowser(),
    openHarbour(folder, ["--no-scan-node", "--no-agent"]),
  ]);
  const firewall = madeUpFirewall(() => Math.round(performance.now()));
  const connection = { remotePort: 40_112, localPort: 443, state: "ESTABLISHED", process: "nginx" } as const;
  const desk = new BlockDesk({
    firewall,
    now: () => ({ ms: Math.round(performance.now()), bootId: "b" }),
    scene: async ({ never }) => ({
      neverBlock: [
        { target: "192.0.2.10", kind: "own-address" },
        { target: "192.0.2.1", kind: "gateway" },
        { target: "198.51.100.4", kind: "server" },
        ...never,
      ],
      connections: ["203.0.113.7", "203.0.113.9", knownPeer].map((remote) => ({ ...connection, remote })),
      knownGood: [knownPeer],
      listening: new Set([443]),
    }),
  });
  const link = createOrderLink(harbour.url, secret);
  void watchBlocks({
    link,
    desk,
    firewall: firewall.name,
    problem: null,
    runId: newId(),
    clock: systemClock,
    say: () => undefined,
    signal: stop.signal,
  });
  ({ page } = await visit(browser, harbour.url));
  page.setDefaultTimeout(waitMs);
  cookies = await setUp(page, harbour.link);
  await page.goto(`${harbour.url}/connections`);
  await page.getByRole("link", { name: "quay-1" }).click();
});
after(async () => {
  stop.abort();
  await browser?.close();
  await harbour?.close();
});

const shot = async (on: Page, name: string): Promise<void> => {
  if (shots !== undefined) await on.screenshot({ path: join(shots, `${name}.png`) });
};

test("what would be cut is shown before anything is blocked", { skip }, async () => {
  await page.getByRole("button", { name: "Block an address" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address or prefix").fill("203.0.113.7");
  await dialog.getByRole("button", { name: "Show what would be cut" }).click();
  await dialog.getByText("1 connection would be cut now:").waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Block", exact: true }).click();
  await page.getByRole("row", { name: /203\.0\.113\.7/ }).waitFor();
  await page.getByRole("button", { name: "Unblock: 203.0.113.7" }).waitFor();
});

test("known addresses are cut only when the target was typed once more", { skip }, async () => {
  await page.getByRole("button", { name: "Block an address" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address or prefix").fill("203.0.113.0/24");
  await dialog.getByRole("button", { name: "Show what would be cut" }).click();
  await dialog.getByText(`1 known address would be cut: ${knownPeer}`).waitFor();
  const block = dialog.getByRole("button", { name: "Block", exact: true });
  assert.equal(await block.isDisabled(), true);
  await shot(page, "dialog-light");
  assert.deepEqual(await violations(page), []);
  await dialog.getByLabel(/Type the target again/).fill("203.0.113.0/24");
  await block.click();
  await page.getByRole("row", { name: /203\.0\.113\.0\/24/ }).waitFor();
});

test("what the host never blocks is refused with the reason", { skip }, async () => {
  await page.getByRole("button", { name: "Block an address" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address or prefix").fill("192.0.2.1");
  await dialog.getByRole("button", { name: "Show what would be cut" }).click();
  await dialog.getByText("It holds 192.0.2.1, which is never blocked (gateway).").waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Block", exact: true }).count(), 0);
  await page.keyboard.press("Escape");
});

test("blocks look well and read well in both languages, themes and widths", { skip }, async () => {
  for (const look of [
    usualLook,
    { theme: "dark", language: "zh-CN", width: 390 } as const,
    { theme: "light", language: "zh-CN", width: 1_440 } as const,
    { theme: "dark", language: "en", width: 390 } as const,
  ]) {
    const visitor = await visit(browser, harbour.url, look, cookies);
    await visitor.page.goto(page.url());
    const panel = visitor.page.getByRole("region", { name: /Blocked addresses|已封禁的地址/ });
    await panel.getByText("203.0.113.0/24").first().waitFor();
    await panel.locator("summary").click();
    await settled(visitor.page);
    await panel.scrollIntoViewIfNeeded();
    await shot(visitor.page, `host-${look.theme}-${look.language}-${look.width}`);
    assert.deepEqual(await violations(visitor.page), []);
    const tooWide = await visitor.page.evaluate(
      () => document.documentElement.scrollWidth > window.innerWidth,
    );
    assert.equal(tooWide, false);
    await panel.getByRole("button", { name: /Block an address|封禁地址/ }).click();
    const dialog = visitor.page.getByRole("dialog");
    await dialog.getByRole("textbox").first().fill("203.0.113.9");
    await dialog.getByRole("button", { name: /Show what|查看会/ }).click();
    await dialog.locator(".block-preview").or(dialog.getByRole("status")).first().waitFor();
    await shot(visitor.page, `dialog-${look.theme}-${look.language}-${look.width}`);
    assert.deepEqual(await violations(visitor.page), []);
    await visitor.page.goto(`${harbour.url}/connections`);
    await visitor.page.getByText("203.0.113.0/24").waitFor();
    assert.deepEqual(await violations(visitor.page), []);
    assert.deepEqual(visitor.complaints.errors, []);
    await visitor.context.close();
  }
});

test("a block is lifted where it is shown", { skip }, async () => {
  await page.getByRole("button", { name: "Unblock: 203.0.113.0/24" }).click();
  await page.getByRole("button", { name: "Unblock: 203.0.113.0/24" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Unblock: 203.0.113.7" }).waitFor();
});
