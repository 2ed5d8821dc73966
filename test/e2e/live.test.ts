import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import test, { after, before } from "node:test";
import type { Browser, Page } from "playwright-core";
import { freePort } from "../cli/portolan.ts";
import { openHarbour, type Harbour } from "./harbour.ts";
import { Listeners } from "./listeners.ts";
import { openNginx, noNginx } from "./nginx.ts";
import { buildWeb, noBrowser, openBrowser, percentile, setUp, visit } from "./page.ts";

const skip = noBrowser;
const rounds = 20;
/** What a person may wait for a start; a stop needs a second look, two seconds later. */
const newWithinMs = 5_000;
const waitMs = 15_000;

let browser: Browser;
let harbour: Harbour;
let page: Page;
const listeners = new Listeners();
const running = new Map<number, ChildProcess>();

before(async () => {
  if (skip !== false) return;
  buildWeb();
  [browser, harbour] = await Promise.all([openBrowser(), openHarbour()]);
  ({ page } = await visit(browser, harbour.url));
  await setUp(page, harbour.link);
  await page.getByRole("link", { name: "Events", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
  // Nothing may reload the page from here on.
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
});
after(async () => {
  await browser?.close();
  await harbour?.close();
  await listeners.close();
});

/** ms until the newest event of a port is of this kind. */
async function until(kind: string, port: number): Promise<number> {
  const startMs = performance.now();
  await page.locator(`[data-event="${kind}"][data-port="${port}"]`).first().waitFor({ timeout: waitMs });
  return performance.now() - startMs;
}

function tell(what: string, figures: readonly number[]): void {
  const [p50, p95] = [percentile(figures, 0.5), percentile(figures, 0.95)].map(Math.round);
  console.log(
    `${what}: p50 ${p50} ms, p95 ${p95} ms, most ${Math.round(Math.max(...figures))} ms (n = ${figures.length})`,
  );
}

test("a listener that starts is new in the open page within 5 s, without a reload", { skip }, async () => {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const port = await freePort();
    // Not in step with the looks.
    await page.waitForTimeout(Math.random() * 700);
    running.set(port, await listeners.start("lighthouse", port));
    figures.push(await until("new", port));
  }
  tell("new, start → on screen", figures);
  assert.ok(percentile(figures, 0.95) <= newWithinMs);
});

test("stopped listeners go down, and recover when they return", { skip }, async () => {
  const ports = [...running.keys()];
  const down: number[] = [];
  await Promise.all(
    ports.map(async (port, index) => {
      await page.waitForTimeout(index * 60);
      await listeners.stop(running.get(port) as ChildProcess);
      down.push(await until("down", port));
    }),
  );
  tell("down, stop → on screen", down);
  const recovered: number[] = [];
  const back = async (port: number): Promise<void> => {
    running.set(port, await listeners.start("lighthouse", port));
    recovered.push(await until("recovered", port));
  };
  for (let at = 0; at < ports.length; at += 2) await Promise.all(ports.slice(at, at + 2).map(back));
  tell("recovered, start → on screen", recovered);
  assert.ok(percentile(recovered, 0.95) <= newWithinMs);
});

test("another program on the port is a change that names both", { skip }, async () => {
  const [port = 0] = [...running.keys()];
  await listeners.stop(running.get(port) as ChildProcess);
  running.set(port, await listeners.startAs("smuggler", port));
  const figure = await until("changed", port);
  tell("changed, take-over → on screen", [figure]);
  const text = await page.locator(`[data-event="changed"][data-port="${port}"]`).first().textContent();
  assert.match(text ?? "", /lighthouse[\s\S]*smuggler/);
  assert.equal(await page.evaluate(() => "sameDocument" in window), true, "the page was never reloaded");
});

test("50 restarts of nginx are not an event", { skip: skip !== false ? skip : noNginx }, async () => {
  const port = await freePort();
  const nginx = await openNginx(port);
  try {
    await until("new", port);
    for (let restart = 0; restart < 50; restart += 1) await nginx.restart();
    // Longer than two misses need to become a "down".
    await page.waitForTimeout(6_000);
    const kinds = await page
      .locator(`[data-port="${port}"]`)
      .evaluateAll((lines) => lines.map((line) => line.getAttribute("data-event")));
    console.log(`50 restarts of nginx: events ${JSON.stringify(kinds)}`);
    assert.deepEqual(kinds, ["new"]);
  } finally {
    await nginx.close();
  }
  await until("down", port);
});

test("who has scrolled is not moved: new events wait behind a pill", { skip }, async () => {
  await page.setViewportSize({ width: 1440, height: 520 });
  const list = page.getByRole("list", { name: /Events, newest/ });
  await list.evaluate((node) => node.scrollTo({ top: 200 }));
  await page.waitForTimeout(200);
  const first = await list.evaluate((node) => node.scrollTop);
  const port = await freePort();
  await listeners.start("lighthouse", port);
  const pill = page.getByRole("button", { name: /^\d+ new$/ });
  await pill.waitFor({ timeout: waitMs });
  assert.equal(await list.evaluate((node) => node.scrollTop), first);
  assert.equal(await page.locator(`[data-port="${port}"]`).count(), 0);
  await pill.click();
  await until("new", port);
});
