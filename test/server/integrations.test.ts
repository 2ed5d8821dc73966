import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { after, before } from "node:test";
import { zabbixTemplateFile } from "../../src/app/zabbix-set-up.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
before(async () => (world = await openWorld()));
after(() => world.close());

interface SetUp {
  readonly steps: readonly { readonly id: string; readonly text: string }[];
  readonly examples: readonly string[];
  readonly templateUrl: string;
}

test("the lines to paste hold the addresses that were asked for, and where this server was reached", async () => {
  const answer = await world.people.viewer.get("/integrations/zabbix?host=10.1.2.3&zabbix=2001:DB8::9");
  assert.equal(answer.status, 200);
  const { steps, examples, templateUrl } = (await answer.json()) as SetUp;
  const text = Object.fromEntries(steps.map(({ id, text }) => [id, text]));
  assert.match(
    text["passive-elsewhere"] ?? "",
    / --zabbix-listen 10\.1\.2\.3:10060 --zabbix-allow 2001:db8::9$/,
  );
  assert.ok(text["template-fetch"]?.endsWith(`${world.url}${templateUrl}`), text["template-fetch"]);
  assert.deepEqual(examples, []);
});

test("what is no address is refused by its field, and puts nothing into a line", async () => {
  for (const [query, path] of [
    ["host=quay-1", "/host"],
    ["zabbix=10.0.0.0/8", "/zabbix"],
    ["host=%27;reboot;%27", "/host"],
  ] as const) {
    const answer = await world.people.viewer.get(`/integrations/zabbix?${query}`);
    assert.equal(answer.status, 400, query);
    const { details } = (await answer.json()) as { details: { issues: { path: string }[] } };
    assert.deepEqual(
      details.issues.map((issue) => issue.path),
      [path],
    );
  }
});

test("the template is handed out as a file, byte for byte", async () => {
  const answer = await world.people.viewer.get("/integrations/zabbix/template");
  assert.equal(answer.headers.get("content-disposition"), 'attachment; filename="portolan.yaml"');
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.equal(await answer.text(), readFileSync(zabbixTemplateFile, "utf8"));
});
