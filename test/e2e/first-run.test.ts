import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { freePort } from "../cli/portolan.ts";
import { openHarbour, type Harbour } from "./harbour.ts";
import { Listeners } from "./listeners.ts";
import { buildWeb, noBrowser, openBrowser, password, visit } from "./page.ts";

const skip = noBrowser;
let browser: Browser;
let server: Harbour;
const listeners = new Listeners();

before(async () => {
  if (skip !== false) return;
  buildWeb();
  [browser, server] = await Promise.all([openBrowser(), openHarbour()]);
});
after(async () => {
  await browser?.close();
  await server?.close();
  await listeners.close();
});

test(
  "from the printed link to this machine's real listeners, with their process names",
  { skip },
  async () => {
    const port = await freePort();
    await listeners.start("harbour-master", port);
    const { page, context, complaints } = await visit(browser, server.url);
    const startMs = performance.now();
    await page.goto(server.link);
    await page.getByLabel("New password", { exact: true }).waitFor();
    assert.ok(!page.url().includes("token"), "the token left the address bar at once");
    await page.getByLabel("New password", { exact: true }).fill(password);
    await page.getByLabel("New password again").fill(password);
    await page.getByRole("button", { name: "Create administrator" }).click();
    await page.getByRole("link", { name: /open port/ }).waitFor();
    await page.getByRole("link", { name: "Ports", exact: true }).click();
    await page.getByRole("textbox", { name: /Port, address/ }).fill(String(port));
    await page.waitForURL(new RegExp(`q=${port}`));
    const row = page
      .getByRole("row")
      .filter({ hasText: String(port) })
      .filter({ hasText: "harbour-master" });
    await row.waitFor({ timeout: 8_000 });
    console.log(
      `first run: link → own listener with its process name in ${Math.round(performance.now() - startMs)} ms`,
    );
    await row.click();
    await page.getByRole("heading", { name: "Owner" }).waitFor();
    await page.getByText("harbour-master.cjs").first().waitFor();
    assert.deepEqual(complaints, { errors: [], foreign: [], dialogs: [] });
    await context.close();
  },
);

test(
  "a used link does not let a second person in, and a wrong password is refused in words",
  { skip },
  async () => {
    const { page, context } = await visit(browser, server.url);
    await page.goto(server.link);
    await page.getByRole("heading", { name: "Already set up" }).waitFor();
    await page.goto(`${server.url}/ports?q=ssh`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("Name").fill("admin");
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Name or password is wrong.").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${server.url}/ports?q=ssh`);
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await context.close();
  },
);

test("a link to another site behind the sign-in is not followed", { skip }, async () => {
  const { page, context } = await visit(browser, server.url);
  await page.goto(`${server.url}/login?next=//example.org/`);
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  assert.equal(page.url(), `${server.url}/`);
  await context.close();
});
