import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import type { Browser, Page } from "playwright-core";
import { crowdedHost, fillFolder } from "./fleet.ts";
import { openHarbour, type Harbour } from "./harbour.ts";
import { buildWeb, noBrowser, openBrowser, percentile, setUp, visit } from "./page.ts";

const skip = noBrowser;
const hosts = 50;
const each = 2_000;
const answerWithinMs = 200;
const frameWithinMs = 35;
/** A fast typist. */
const keyEveryMs = 90;
const scrollRounds = 5;
/** A browser that does nothing at all keeps its frames within this, or the machine is somebody else's. */
const calmFrameMs = 25;

let browser: Browser;
let harbour: Harbour;
let page: Page;

before(async () => {
  if (skip !== false) return;
  buildWeb();
  const folder = mkdtempSync(join(tmpdir(), "portolan-e2e-"));
  await fillFolder(
    folder,
    Array.from({ length: hosts }, (_, index) => crowdedHost(index, each)),
  );
  [browser, harbour] = await Promise.all([openBrowser(), openHarbour(folder, ["--no-agent"])]);
  console.log(`100,000 endpoints: serving ${Math.round(harbour.readyMs)} ms after the start`);
  ({ page } = await visit(browser, harbour.url));
  await setUp(page, harbour.link);
  await page.goto(`${harbour.url}/ports`);
  await page.getByRole("row").nth(5).waitFor();
});
after(async () => {
  await browser?.close();
  await harbour?.close();
});

/** ms from a click to the rows of its answer on screen: the old ones are marked busy until then. */
async function answered(selector: string): Promise<number> {
  await page.waitForFunction(() => document.querySelector("[role=grid][aria-busy=false]") !== null);
  await page.waitForTimeout(250);
  return page.evaluate(
    (selector) =>
      new Promise<number>((resolve, reject) => {
        const grid = document.querySelector("[role=grid]");
        const button = document.querySelector<HTMLElement>(selector);
        if (grid === null || button === null) return reject(new Error(`no ${selector}`));
        const before = grid.textContent;
        const startMs = performance.now();
        button.click();
        const look = (): void => {
          const now = document.querySelector("[role=grid]");
          if (now !== null && now.getAttribute("aria-busy") === "false" && now.textContent !== before) {
            // What this frame shows is painted when the next one begins.
            requestAnimationFrame(() => resolve(performance.now() - startMs));
          } else if (performance.now() - startMs > 5_000) reject(new Error(`${selector}: no answer`));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    selector,
  );
}

/** In the page: ms from the key that completes a text to its rows, no other's, on screen. */
function typedToPainted([text, total]: readonly [string, number]): Promise<number> {
  return new Promise((resolve, reject) => {
    let lastKeyMs: number | undefined;
    document.addEventListener(
      "input",
      ({ target }) => {
        if ((target as HTMLInputElement).value === text) lastKeyMs ??= performance.now();
      },
      { capture: true },
    );
    const startMs = performance.now();
    const look = (): void => {
      const grid = document.querySelector("[role=grid][aria-busy=false]");
      if (lastKeyMs !== undefined && grid?.getAttribute("aria-rowcount") === String(total + 1)) {
        const keyMs = lastKeyMs;
        requestAnimationFrame(() => resolve(performance.now() - keyMs));
      } else if (performance.now() - startMs > 10_000) reject(new Error(`${text}: no answer`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

function tell(what: string, figures: readonly number[]): void {
  const [p50, p95] = [percentile(figures, 0.5), percentile(figures, 0.95)].map(Math.round);
  console.log(`100,000 endpoints: ${what}: p50 ${p50} ms, p95 ${p95} ms (n = ${figures.length})`);
}

test("the grid says how many rows there are, and holds only those in sight", { skip }, async () => {
  const grid = page.getByRole("grid");
  const rows = Number(await grid.getAttribute("aria-rowcount"));
  assert.equal(rows, hosts * each + 1, `aria-rowcount ${rows}`);
  assert.ok((await page.getByRole("row").count()) < 90);
});

test("sorting by any column takes at most 200 ms", { skip }, async () => {
  const figures: number[] = [];
  for (const column of [2, 5, 6, 7, 8, 9, 1]) {
    for (let click = 0; click < 2; click += 1) {
      figures.push(await answered(`.grid-head [role=columnheader]:nth-child(${column}) button`));
    }
  }
  tell("sort, click → rows on screen", figures);
  assert.ok(percentile(figures, 0.5) <= answerWithinMs);
});

test("filtering takes at most 200 ms", { skip }, async () => {
  const figures: number[] = [];
  for (const group of ["Exposure", "Process", "Port", "Host"]) {
    // Narrow to one, and let go of it again.
    figures.push(await answered(`.facet[aria-label="${group}"] .facet-choice:nth-of-type(2)`));
    figures.push(await answered(`.facet[aria-label="${group}"] .facet-choice[aria-pressed="true"]`));
  }
  tell("filter, click → rows on screen", figures);
  assert.ok(percentile(figures, 0.5) <= answerWithinMs);
});

test("searching by typing takes at most 200 ms from the last key", { skip }, async () => {
  const field = page.getByRole("textbox", { name: /Port, address/ });
  const figures: number[] = [];
  for (const text of ["host-017", "198.18.0.1:2024", "2999", "host-031", "198.18.0.1:1500", "1776"]) {
    const answer = await page.request.get(`${harbour.url}/api/v1/ports?q=${text}&limit=1`);
    const { total } = (await answer.json()) as { total: number };
    const typed = page.evaluate(typedToPainted, [text, total] as const);
    await field.pressSequentially(text, { delay: keyEveryMs });
    figures.push(await typed);
    await field.fill("");
    await page.waitForFunction(
      () => Number(document.querySelector("[role=grid]")?.getAttribute("aria-rowcount")) > 100_000,
    );
    await page.waitForTimeout(500);
  }
  tell(`search, last of the keys typed every ${keyEveryMs} ms → rows on screen`, figures);
  assert.ok(percentile(figures, 0.5) <= answerWithinMs);
});

test("scrolling through them keeps its frames", { skip }, async () => {
  await page.goto(`${harbour.url}/ports?sort=host`);
  await page.getByRole("row").nth(5).waitFor();
  await page.waitForTimeout(600);
  const measure = (step: number, frames: number): Promise<number[]> =>
    page.evaluate(
      ([step, frames]) =>
        new Promise<number[]>((resolve) => {
          const grid = document.querySelector("[role=grid]") as HTMLElement;
          const figures: number[] = [];
          let last = performance.now();
          const frame = (): void => {
            const now = performance.now();
            figures.push(now - last);
            last = now;
            grid.scrollTop += step;
            if (figures.length < frames) requestAnimationFrame(frame);
            else resolve(figures.slice(2));
          };
          requestAnimationFrame(frame);
        }),
      [step, frames] as const,
    );
  // The machine may be shared: the best of some rounds is what the page can do, the frames at rest are the control.
  let best: { p95: number; slow: number[]; fast: number[] } | undefined;
  const rest: number[] = [];
  for (let round = 0; round < scrollRounds; round += 1) {
    rest.push(percentile(await measure(0, 60), 0.95));
    const slow = await measure(60, 120);
    const fast = await measure(200, 120);
    const p95 = percentile([...slow, ...fast], 0.95);
    if (best === undefined || p95 < best.p95) best = { p95, slow, fast };
  }
  assert.ok(best !== undefined);
  tell("scroll frame, 60 px a frame", best.slow);
  tell("scroll frame, 200 px a frame (a hard fling)", best.fast);
  tell("scroll frame, 600 px a frame (faster than a hand; only told)", await measure(600, 120));
  const calm = Math.min(...rest);
  console.log(`100,000 endpoints: judged scroll frame p95 ${best.p95.toFixed(1)} ms`);
  console.log(`100,000 endpoints: frame at rest, p95 of the calmest round: ${Math.round(calm)} ms`);
  if (calm > calmFrameMs)
    console.log("100,000 endpoints: the machine is too busy to judge frames by; only told");
  else assert.ok(best.p95 <= frameWithinMs, `p95 ${best.p95.toFixed(1)} ms`);
  // And where it comes to rest there are rows, not bones.
  await page.waitForFunction(() => document.querySelector("[role=grid] .unread") === null, undefined, {
    timeout: 3_000,
  });
});
