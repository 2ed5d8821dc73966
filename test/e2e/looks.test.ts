import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { violations } from "./axe.ts";
import { busySample } from "../support/connections.ts";
import { everyPage, outerPages } from "./every-page.ts";
import { fillConnections } from "./fleet.ts";
import { openHarbour, type Harbour } from "./harbour.ts";
import { troubledFleet } from "./troubled-fleet.ts";
import { buildWeb, noBrowser, openBrowser, setUp, settled, visit, type Cookies, type Look } from "./page.ts";
import { scanScope, seedScans } from "./scan-node.ts";

const skip = noBrowser;

let browser: Browser;
let harbour: Harbour;
let cookies: Cookies;
let pages: readonly string[];

before(async () => {
  if (skip !== false) return;
  buildWeb();
  const folder = mkdtempSync(join(tmpdir(), "portolan-looks-"));
  const hosts = [
    { hostname: "quay-1", sampleAt: (ms: number) => busySample(ms) },
    ...troubledFleet(Date.now()),
  ];
  await fillConnections(folder, hosts, { spanMs: 3_600_000, everyMs: 10_000 });
  [browser, harbour] = await Promise.all([openBrowser(), openHarbour(folder, ["--no-scan-node"], scanScope)]);
  const { page, context } = await visit(browser, harbour.url);
  cookies = await setUp(page, harbour.link);
  await seedScans(harbour.url);
  pages = await everyPage(page, harbour.url);
  await context.close();
});
after(async () => {
  await browser?.close();
  await harbour?.close();
});

async function inspect(look: Look): Promise<void> {
  const name = `${look.width} px, ${look.theme}, ${look.language}`;
  const found: string[] = [];
  for (const [paths, state] of [
    [pages, cookies],
    [outerPages, undefined],
  ] as const) {
    const { page, context, complaints } = await visit(browser, harbour.url, look, state);
    for (const path of paths) {
      await page.goto(harbour.url + path);
      await page.locator("h1, h2").first().waitFor();
      await settled(page);
      for (const violation of await violations(page)) found.push(`${path}: ${violation}`);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (sideways > 0) found.push(`${path}: ${sideways} px sideways`);
    }
    found.push(
      ...complaints.errors.map((text) => `error: ${text}`),
      ...complaints.foreign.map((to) => `foreign: ${to}`),
    );
    await context.close();
  }
  console.log(`looks: ${name}: ${pages.length + outerPages.length} pages, ${found.length} findings`);
  assert.deepEqual(found, []);
}

/** All eight in the long form; else four, among which any two choices meet. */
const isLong = process.env["PORTOLAN_LONG"] === "1";
for (const [third, theme] of (["light", "dark"] as const).entries()) {
  for (const [second, language] of (["en", "zh-CN"] as const).entries()) {
    for (const [first, width] of [1440, 390].entries()) {
      if (!isLong && (first + second + third) % 2 === 1) continue;
      test(
        `every page is accessible, keeps to its origin and its width (${theme}, ${language}, ${width} px)`,
        { skip },
        () => inspect({ theme, language, width }),
      );
    }
  }
}

test("the policy allows no inline script and no inline style", { skip }, async () => {
  const answer = await fetch(`${harbour.url}/`);
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, /script-src 'self'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/);
});
