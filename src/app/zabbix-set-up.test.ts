import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { configDefaults } from "../config/defaults.ts";
import { loadConfig } from "../config/load.ts";
import { setUpSteps, zabbixSetUp, zabbixTemplateFile, type SetUpFacts } from "./zabbix-set-up.ts";

const facts: SetUpFacts = {
  program: "/opt/portolan/bin/portolan",
  url: "https://portolan.example.org",
  zabbix: configDefaults.zabbix,
  host: null,
  zabbixServer: null,
};
const stepsFor = (more: Partial<SetUpFacts>) => {
  const { steps, examples } = zabbixSetUp({ ...facts, ...more });
  assert.deepEqual(
    steps.map(({ id }) => id),
    setUpSteps,
  );
  return { examples, text: Object.fromEntries(steps.map(({ id, text }) => [id, text])) };
};

test("the line for the agent is that of agents from 3.0 on", () => {
  assert.equal(
    stepsFor({}).text["agent-line"],
    'UserParameter=tcp.status[*],/opt/portolan/bin/portolan tcp-status "$1"',
  );
  assert.match(
    stepsFor({ program: "/srv/my tools/it's" }).text["agent-line"] ?? "",
    /'\/srv\/my tools\/it'\\''s' tcp/,
  );
});

test("what nobody said stands as an example, and is named as one", () => {
  assert.deepEqual(stepsFor({}).examples, ["192.0.2.10", "192.0.2.5"]);
  const said = stepsFor({ host: "10.1.2.3", zabbixServer: "10.1.0.9" });
  assert.deepEqual(said.examples, []);
  assert.match(
    said.text["passive-elsewhere"] ?? "",
    /--zabbix-listen 10\.1\.2\.3:10060 --zabbix-allow 10\.1\.0\.9$/,
  );
  assert.equal(said.text["passive-check"], "zabbix_get -s 10.1.2.3 -p 10060 -k tcp.status.get");
  assert.match(said.text["trapper-check"] ?? "", /^zabbix_sender -z 10\.1\.0\.9 -p 10051 /);
});

test("what is configured is told as it is", () => {
  const passive = { listen: "[2001:db8::5]:10066", allow: ["198.51.100.0/28", "198.51.100.9"] };
  const trapper = { server: "zabbix.example.org:10052", hostname: "{shortname}", counts: "off" as const };
  const { text, examples } = stepsFor({ zabbix: { passive, trapper } });
  assert.deepEqual(examples, []);
  assert.equal(text["passive-check"], "zabbix_get -s 2001:db8::5 -p 10066 -k tcp.status.get");
  assert.match(text["trapper-check"] ?? "", /-z zabbix\.example\.org -p 10052/);
  assert.match(text["trapper-server"] ?? "", /hostname: "\{shortname\}"/);
  const everywhere = {
    ...configDefaults.zabbix,
    passive: { listen: "0.0.0.0:10066", allow: ["10.0.0.0/8"] },
  };
  assert.deepEqual(stepsFor({ zabbix: everywhere }).examples, ["192.0.2.10", "192.0.2.5"]);
  assert.match(stepsFor({ zabbix: everywhere }).text["passive-check"] ?? "", /-p 10066 /);
});

test("what is pasted into the configuration is taken by it", () => {
  for (const host of [null, "2001:db8::5"]) {
    const { text } = stepsFor({ host });
    for (const id of ["passive-here", "trapper-server"])
      loadConfig({ file: { name: id, text: text[id] ?? "" } });
    const { zabbix } = loadConfig({ file: { name: "passive", text: text["passive-here"] ?? "" } });
    assert.equal(zabbix.passive.listen, host === null ? "192.0.2.5:10060" : "[2001:db8::5]:10060");
    assert.deepEqual(zabbix.passive.allow, ["192.0.2.10"]);
  }
});

test("the template is there", () => {
  assert.match(readFileSync(zabbixTemplateFile, "utf8"), /^zabbix_export:/);
});
