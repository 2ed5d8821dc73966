import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const executable = process.env["PORTOLAN_CHROMIUM"] ?? "/usr/bin/chromium";
const root = join(import.meta.dirname, "../..");

/** Why the browser tests cannot run here; false when they can. Said aloud, so that a skipped run is not taken for a passed one. */
export const noBrowser: string | false = existsSync(executable)
  ? false
  : `no Chromium at ${executable}: the browser tests are SKIPPED (set PORTOLAN_CHROMIUM)`;
if (noBrowser !== false) console.log(noBrowser);

export const password = "a harbour of many lights";

/** The UI as it would be shipped. */
export function buildWeb(): void {
  const built = spawnSync(process.execPath, [join(root, "scripts/build-web.mjs")], { encoding: "utf8" });
  if (built.status !== 0 || !existsSync(join(root, "web/dist/index.html"))) {
    throw new Error(`the UI was not built: ${built.stdout}${built.stderr}`);
  }
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface Look {
  readonly theme: "light" | "dark";
  readonly language: "en" | "zh-CN";
  readonly width: number;
}
export const usualLook: Look = { theme: "light", language: "en", width: 1440 };

/** What went wrong in a page without anybody looking. */
export interface Complaints {
  readonly errors: string[];
  /** Requests to any other origin. */
  readonly foreign: string[];
  readonly dialogs: string[];
}

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: Complaints;
}

/** A fresh visitor, with everything written down that should not happen. */
export async function visit(
  browser: Browser,
  url: string,
  look: Look = usualLook,
  state?: Cookies,
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.width < 768 ? 844 : 900 },
    locale: look.language,
    colorScheme: look.theme,
    timezoneId: "Asia/Shanghai",
    ...(state === undefined ? {} : { storageState: state }),
  });
  await context.addInitScript(
    ([theme, language]) => {
      localStorage.setItem("portolan-theme", theme);
      localStorage.setItem("portolan-language", language);
    },
    [look.theme, look.language] as const,
  );
  const complaints: Complaints = { errors: [], foreign: [], dialogs: [] };
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.errors.push(error.message));
  page.on("console", (message) => {
    // A refused request is written there by the browser itself; the page's own answer to it is what is tested.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      complaints.errors.push(message.text());
    }
  });
  page.on("dialog", (dialog) => {
    complaints.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:"))
      complaints.foreign.push(request.url());
  });
  return { context, page, complaints };
}

export type Cookies = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** From the first-start link to the overview; the cookies let further visitors in. */
export async function setUp(page: Page, link: string): Promise<Cookies> {
  await page.goto(link);
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByLabel("New password again").fill(password);
  await page.getByRole("button", { name: "Create administrator" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  return page.context().storageState();
}

/** The value below which a share of the figures lies. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const settled = (page: Page): Promise<void> =>
  page
    .waitForFunction(() => document.querySelector(".waiting, [aria-busy='true'], .unread") === null)
    .then(() => {});
