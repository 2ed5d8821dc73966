import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { gunzipSync } from "node:zlib";
import { openWorld, type World } from "./world.ts";

const script = "export const harbour = 1;\n".repeat(500);
let world: World;
let webFolder: string;
before(async () => {
  webFolder = await mkdtemp(join(tmpdir(), "portolan-files-"));
  await mkdir(join(webFolder, "assets"));
  await writeFile(join(webFolder, "index.html"), "<!doctype html>");
  await writeFile(join(webFolder, "assets/index-3f2a.js"), script);
  await writeFile(join(webFolder, "mark.svg"), "<svg/>");
  world = await openWorld({ webFolder });
});
after(async () => {
  await world.close();
  await rm(webFolder, { recursive: true, force: true });
});

/** The bytes as they travel. */
function raw(path: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; body: Buffer }>(
    (resolve, reject) => {
      get(`${world.url}${path}`, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          });
        });
      }).on("error", reject);
    },
  );
}

test("a file travels compressed to who takes it so, and as it is to others", async () => {
  for (const [accepted, packed] of [
    ["gzip, br", true],
    ["br;q=1.0, GZIP;q=0.5", true],
    ["br", false],
    ["gzip;q=0", false],
    ["", false],
  ] as const) {
    const { headers, body } = await raw("/assets/index-3f2a.js", { "accept-encoding": accepted });
    assert.equal(headers["content-encoding"], packed ? "gzip" : undefined, accepted);
    assert.equal(String(packed ? gunzipSync(body) : body), script);
    assert.equal(Number(headers["content-length"]), body.length);
    assert.match(String(headers["vary"]), /accept-encoding/i);
    assert.ok(body.length === script.length || body.length < script.length / 4);
  }
});

test("a file that the browser holds already is not sent again", async () => {
  const first = await raw("/mark.svg", {});
  assert.equal(first.headers["content-type"], "image/svg+xml");
  const tag = String(first.headers["etag"]);
  const again = await raw("/mark.svg", { "if-none-match": `"other", ${tag}` });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  assert.equal((await raw("/mark.svg", { "if-none-match": '"other"' })).status, 200);
});

test("the head of a file is what its answer would begin with", async () => {
  const response = await fetch(`${world.url}/mark.svg`, { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-length"), "6");
  assert.equal(await response.text(), "");
});
