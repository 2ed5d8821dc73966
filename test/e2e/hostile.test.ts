import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { showable } from "../../src/base/text.ts";
import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import { busySample } from "../support/connections.ts";
import { listener, process } from "../support/listener.ts";
import { everyPage } from "./every-page.ts";
import { fillConnections, fillFolder } from "./fleet.ts";
import { openHarbour, type Harbour } from "./harbour.ts";
import { buildWeb, noBrowser, openBrowser, setUp, settled, visit } from "./page.ts";
import { addPlan, administrator, lane, sampleAt, ScanNode, scanScope, startScan } from "./scan-node.ts";

const skip = noBrowser;

const marks = ["alert(1)", "confirm`1`", "window.pwned=1", "document.title='pwned'"];
const shapes: readonly ((script: string) => string)[] = [
  (script) => `<script>${script}</script>`,
  (script) => `<img src=x onerror=${script}>`,
  (script) => `<svg onload=${script}>`,
  (script) => `"><script>${script}</script>`,
  (script) => `' onmouseover='${script}`,
  (script) => `javascript:${script}`,
  (script) => `</title><script>${script}</script>`,
  (script) => `</textarea><svg/onload=${script}>`,
  (script) => `<iframe srcdoc="<script>${script}</script>">`,
  (script) => `<a href="javascript:${script}">x</a>`,
  (script) => `{{constructor.constructor('${script}')()}}`,
  (script) => `\${${script}}`,
  (script) => `<details open ontoggle=${script}>`,
  (script) => `<style>@import'//198.18.0.9/';</style>${script}`,
  (script) => `<base href="//198.18.0.9/">${script}`,
  (script) => `<meta http-equiv=refresh content="0;url=//198.18.0.9/">${script}`,
  (script) => `<math><mi//xlink:href="data:x,<script>${script}</script>">`,
  (script) => `<img src="//198.18.0.9/?${script}">`,
  (script) => `$t(page.overview) ${script}`,
  (script) => `__proto__ ${script}`,
];
const unseen = [
  "\u001b[2J\u001b[1;31m",
  "\u001b]0;pwned\u0007",
  "\u202egpj.exe",
  "\u2066\u2067\u2068\u2069",
  "\u200bnginx",
  "\u0000\u0001\b\b\b",
  "\r\n\r\nHTTP/1.1 200 OK",
  "\u2028\u2029",
  "\ufeff\u00ad",
  "\u009b31m",
];

/** 200: every shape with every mark, and unseen characters in every place of a word. */
const payloads = [
  ...shapes.flatMap((shape) => marks.map(shape)),
  ...unseen.flatMap((text) => [
    `a${text}`,
    `${text}b`,
    `a${text}b`,
    text,
    `${text}${text}`,
    `x ${text} y`,
    `<b>${text}</b>`,
    `端${text}口`,
  ]),
  ...Array.from(
    { length: 40 },
    (_, index) => `${"A".repeat(index * 6)}<img src=x onerror=alert(${index})>\u202e`,
  ),
];
const control =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

let browser: Browser;
let harbour: Harbour;

before(async () => {
  if (skip !== false) return;
  buildWeb();
  const folder = mkdtempSync(join(tmpdir(), "portolan-e2e-"));
  // The way in refuses what a collector must not send; what it lets through must be harmless on every page.
  const listeners = payloads.map((text, index) => {
    const safe = showable(text);
    const holder = process(1_000 + index, safe.slice(0, 250), {
      commandLine: `${safe} --flag ${safe}`,
      executablePath: `/opt/${safe}`,
      user: safe.slice(0, 60),
      unit: `${safe.slice(0, 60)}.service`,
    });
    return listener({ port: 2_000 + index }, [holder]);
  });
  await fillFolder(folder, [
    { hostname: "<img src=x onerror=alert(2)>", listeners },
    { hostname: '"><svg onload=alert(3)>', listeners: listeners.slice(0, 10) },
  ]);
  await fillConnections(folder, [{ hostname: "<svg onload=alert(4)>", sampleAt: hostileSample }], {
    spanMs: 600_000,
    everyMs: 10_000,
  });
  [browser, harbour] = await Promise.all([openBrowser(), openHarbour(folder, ["--no-scan-node"], scanScope)]);
});
after(async () => {
  await browser?.close();
  await harbour?.close();
});

/** Every name stands beside some port, and fifty as processes. */
function hostileSample(atMs: number): ConnectionSample {
  const names = payloads.map((text) => showable(text).slice(0, 250)).filter((name) => name !== "");
  const sample = busySample(atMs);
  const each = Math.ceil(names.length / sample.ports.length);
  return {
    ...sample,
    ports: sample.ports.map((port, index) => ({
      ...port,
      processes: names.slice(index * each, (index + 1) * each),
    })),
    processes: sample.processes.map((process, index) => ({ ...process, name: names[index * 4] ?? "x" })),
  };
}

/** What a person may call a plan, and what a scan node may say of it. */
async function seedHostileScan(url: string): Promise<void> {
  const admin = await administrator(url);
  const node = await ScanNode.open(admin, "<img src=x onerror=alert(5)>");
  await startScan(admin, await addPlan(admin, { name: '"><svg onload=alert(6)>' }));
  const said = payloads.filter((text) => text !== "" && text.length <= 64);
  await node.report(await node.lease(), {
    samples: [sampleAt(0.5), sampleAt(1)],
    lanes: said.map((text) => lane(text, 1, { everywhere: true })),
    outcome: {
      engine: "<b>x\u202e",
      command: unseen.join(" "),
      probes: 1,
      durationMs: 1,
      open: 1,
      loss: 0.5,
      recall: 0.5,
      unreachable: 1,
      blocked: true,
    },
    end: { state: "failed", problem: `<img src=x onerror=alert(7)>${unseen.join(" ")}` },
  });
}

test("200 hostile names, command lines and hosts stay text on every page", { skip }, async () => {
  assert.ok(payloads.length >= 200);
  const { page, complaints } = await visit(browser, harbour.url);
  await setUp(page, harbour.link);
  await seedHostileScan(harbour.url);
  const hosts = (await (await page.request.get(`${harbour.url}/api/v1/hosts`)).json()) as {
    rows: { id: string }[];
  };
  const ports = (await (
    await page.request.get(`${harbour.url}/api/v1/ports?port=2000-2300&limit=1000`)
  ).json()) as {
    rows: { id: string }[];
  };
  assert.ok(ports.rows.length >= payloads.length, `${ports.rows.length} stored`);
  const every = [
    ...(await everyPage(page, harbour.url)),
    ...hosts.rows.map(({ id }) => `/hosts/${id}`),
    // Each shape once on the port's own page; all of them in the lists.
    ...ports.rows.filter((_, index) => index % 8 === 0).map(({ id }) => `/ports/${id}`),
    "/ports?cols=process,user,unit,path,command,host&port=2000-2300",
    `/ports?q=${encodeURIComponent(payloads[0] ?? "")}`,
    `/ports?owner=${encodeURIComponent(payloads[1] ?? "")}&port=%3Cscript%3E`,
    `/events?q=${encodeURIComponent(payloads[3] ?? "")}&host=%22%3E%3Cscript%3E`,
  ];
  for (const path of every) {
    await page.goto(harbour.url + path);
    await page.locator("h1, h2").first().waitFor();
    await settled(page);
    const state = await page.evaluate(() => ({
      scripts: [...document.scripts].filter(
        (script) => script.src === "" || !script.src.startsWith(location.origin),
      ).length,
      strange: document.querySelectorAll(
        "iframe, base, object, embed, math, img[src='x'], meta[http-equiv=refresh]",
      ).length,
      pwned: "pwned" in window || document.title.includes("pwned"),
      text: document.body.innerText,
      titles: [...document.querySelectorAll("[title]")]
        .map((node) => node.getAttribute("title") ?? "")
        .join(""),
    }));
    assert.deepEqual(
      { scripts: state.scripts, strange: state.strange, pwned: state.pwned },
      { scripts: 0, strange: 0, pwned: false },
      path,
    );
    assert.doesNotMatch(state.text.replaceAll("\n", "").replaceAll("\t", ""), control, path);
    assert.doesNotMatch(state.titles, control, path);
  }
  // Through the whole list, so that each name was once on screen.
  await page.goto(`${harbour.url}/ports?cols=process,user,unit,path,command,host&port=2000-2300`);
  await page.getByRole("row").nth(3).waitFor();
  for (let step = 0; step < 12; step += 1) {
    await page.getByRole("grid").evaluate((grid) => grid.scrollBy({ top: 600 }));
    await page.waitForTimeout(80);
  }
  console.log(
    `hostile: ${payloads.length} payloads × ${every.length} pages: ${complaints.dialogs.length} dialogs, ${complaints.foreign.length} foreign requests`,
  );
  assert.deepEqual(complaints.dialogs, []);
  assert.deepEqual(complaints.foreign, []);
  assert.deepEqual(
    complaints.errors.filter((text) => !text.includes("400")),
    [],
  );
});
