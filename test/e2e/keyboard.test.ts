import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { freePort } from "../cli/portolan.ts";
import { openHarbour, type Harbour } from "./harbour.ts";
import { Listeners } from "./listeners.ts";
import { buildWeb, noBrowser, openBrowser, setUp, visit } from "./page.ts";

const skip = noBrowser;
const slowAnswerMs = 300;
/** Younger than this, an answer is waited for (`patienceMs` of the search field, less what a busy machine adds). */
const awaitedMs = 800;
let browser: Browser;
let harbour: Harbour;
let page: Page;
let port: number;
const listeners = new Listeners();

before(async () => {
  if (skip !== false) return;
  buildWeb();
  port = await freePort();
  await listeners.start("pilot", port);
  await listeners.start("tug", await freePort());
  [browser, harbour] = await Promise.all([openBrowser(), openHarbour()]);
  ({ page } = await visit(browser, harbour.url));
  await setUp(page, harbour.link);
});
after(async () => {
  await browser?.close();
  await harbour?.close();
  await listeners.close();
});

test("g p, j, Enter, Escape: from anywhere to a port and back without a mouse", { skip }, async () => {
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await page.getByRole("heading", { level: 1, name: "Ports" }).waitFor();
  await page.getByRole("row").nth(2).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("j");
  assert.equal(await page.locator("[role=grid]").getAttribute("aria-activedescendant"), "row-1");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Owner" }).waitFor();
  assert.match(page.url(), /open=/, "the open port stands in the URL");
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => !url.search.includes("open="));
});

test("/ searches, and the back button brings the state back", { skip }, async () => {
  await page.goto(`${harbour.url}/ports?sort=-port`);
  await page.getByRole("row").nth(1).waitFor();
  await page.locator("main").focus();
  await page.keyboard.press("/");
  await page.keyboard.type("pilot");
  await page.waitForURL(/q=pilot/);
  await page
    .getByRole("row")
    .filter({ hasText: String(port) })
    .first()
    .click();
  await page.waitForURL(/open=/);
  await page.goBack();
  await page.waitForURL((url) => url.search.includes("q=pilot") && !url.search.includes("open="));
  assert.match(page.url(), /sort=-port/);
});

test("a search loses no key and asks once at a time, however slow the answers", { skip }, async () => {
  const lists = /\/api\/v1\/ports\?/;
  const asked: string[] = [];
  const open = new Set<number>();
  let impatient = 0;
  await page.goto(`${harbour.url}/ports`);
  await page.getByRole("row").nth(1).waitFor();
  // A change on this machine would ask by itself.
  await page.getByRole("button", { name: "Pause live updates" }).click();
  await page.route(lists, async (route) => {
    const now = performance.now();
    if ([...open].some((startMs) => now - startMs < awaitedMs)) impatient += 1;
    open.add(now);
    asked.push(new URL(route.request().url()).searchParams.get("q") ?? "");
    await setTimeout(slowAnswerMs);
    open.delete(now);
    await route.continue();
  });
  const field = page.getByRole("textbox", { name: /Port, address/ });
  await field.pressSequentially("pilot boat", { delay: 25 });
  await page.waitForURL(/q=pilot\+boat$/);
  await page.getByText("No port matches").waitFor();
  assert.equal(await field.inputValue(), "pilot boat");
  assert.equal(impatient, 0, `asked while an answer was awaited: ${asked.join(", ")}`);
  assert.ok(asked.length < "pilot boat".length, `asked ${asked.join(", ")}`);
  // What is set from outside, the field follows.
  await page.getByRole("button", { name: "Clear all filters" }).click();
  await page.getByRole("row").nth(1).waitFor();
  assert.equal(await field.inputValue(), "");
  await page.unrouteAll({ behavior: "wait" });
});

test("a search that fails says so, and the next key tries again", { skip }, async () => {
  const failing = /\/api\/v1\/ports\?.*q=pilo(?:&|$)/;
  await page.goto(`${harbour.url}/ports`);
  await page.getByRole("row").nth(1).waitFor();
  await page.route(failing, (route) => route.fulfill({ status: 500, json: { code: "internal" } }));
  const field = page.getByRole("textbox", { name: /Port, address/ });
  await field.pressSequentially("pilo");
  await page.getByRole("alert").getByText("Something went wrong").waitFor();
  await field.press("t");
  await page
    .getByRole("row")
    .filter({ hasText: String(port) })
    .first()
    .waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  await page.unrouteAll({ behavior: "wait" });
});

test("Ctrl-K finds a port by its number and opens it", { skip }, async () => {
  await page.goto(`${harbour.url}/hosts`);
  await page.getByRole("heading", { level: 1, name: "Hosts" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/Port, process, host/).waitFor();
  await page.keyboard.type(String(port));
  await page
    .locator(".mantine-Spotlight-action")
    .filter({ hasText: `:${port}` })
    .first()
    .waitFor();
  const chosen = page.locator(".mantine-Spotlight-action[data-selected]");
  assert.match((await chosen.textContent()) ?? "", new RegExp(`:${port}`), "the first answer is chosen");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/ports\/.+/);
  await page.getByText("pilot.cjs").first().waitFor();
});

test("sorting by keyboard is said to those who cannot see it", { skip }, async () => {
  await page.goto(`${harbour.url}/ports`);
  const head = page.getByRole("columnheader", { name: /Process/ });
  await head.getByRole("button").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/sort=process/);
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  await page.keyboard.press("Enter");
  await page.waitForURL(/sort=-process/);
  assert.equal(await head.getAttribute("aria-sort"), "descending");
});

test("? shows the shortcuts, and the language switches in place and is remembered", { skip }, async () => {
  await page.locator("main").focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitem", { name: "简体中文" }).click();
  await page.getByRole("heading", { level: 1, name: "端口" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
});
