import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { amount } from "../../../test/support/amount.ts";
import { PortolanError } from "../../base/errors.ts";
import type { ScanResult } from "../../model/scan-result.ts";
import { readScanFile } from "./scan-file.ts";
import { scanJsonReader } from "./scan-json.ts";
import { scanWriters } from "./scan-writers.ts";
import { scanXmlReader } from "./scan-xml.ts";

const folder = mkdtempSync(join(tmpdir(), "portolan-exchange-"));
after(() => rmSync(folder, { recursive: true }));

function read(content: string | Uint8Array): Promise<ScanResult> {
  const file = join(folder, "scan");
  writeFileSync(file, content);
  return readScanFile(file);
}

async function refused(content: string | Uint8Array, pattern: RegExp): Promise<void> {
  await assert.rejects(
    read(content),
    (error) => error instanceof PortolanError && pattern.test(error.message),
  );
}

/** As nmap 7.93 writes it. */
const nmap = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" args="nmap -sS -p 1-100 -oX - h" start="1795260566" version="7.93" xmloutputversion="1.05">
<scaninfo type="syn" protocol="tcp" numservices="100" services="1-100"/>
<host starttime="1795260566" endtime="1795260567"><status state="up" reason="reset" reason_ttl="64"/>
<address addr="198.18.0.1" addrtype="ipv4"/><address addr="02:00:00:00:00:01" addrtype="mac"/>
<hostnames><hostname name="h &lt;1&gt;" type="user"/></hostnames>
<ports><extraports state="closed" count="98"><extrareasons reason="reset" count="98"/></extraports>
<port protocol="tcp" portid="22"><state state="open" reason="syn-ack" reason_ttl="64"/><service name="ssh" method="table" conf="3"/><script id="x" output="&#10;portid=&quot;23&quot;"/></port>
<port protocol="tcp" portid="80"><state state="filtered" reason="no-response" reason_ttl="0"/></port></ports></host>
<runstats><finished time="1795260567"/><hosts up="1" down="0" total="1"/></runstats>
</nmaprun>
`;

test("nmap's XML is read whole: addresses, names, ports, counted ports, what was asked", async () => {
  const result = await read(nmap);
  assert.deepEqual([result.scanner, result.version, result.startedAtMs], ["nmap", "7.93", 1_795_260_566_000]);
  assert.deepEqual(result.scanned, { tcp: [{ first: 1, last: 100 }] });
  assert.deepEqual(result.hosts, [
    {
      address: "198.18.0.1",
      complete: true,
      hostnames: ["h <1>"],
      ports: [
        { transport: "tcp", port: 22, state: "open", reason: "syn-ack", service: "ssh" },
        { transport: "tcp", port: 80, state: "filtered", reason: "no-response", service: null },
      ],
      extra: [{ state: "closed", reason: "reset", count: 98 }],
    },
  ]);
});

test("masscan's XML and JSON name a host once per port, and are put together", async () => {
  const xml = `<?xml version="1.0"?>
<!-- masscan v1.0 scan -->
<nmaprun scanner="masscan" start="1" version="1.0-BETA" xmloutputversion="1.03">
<scaninfo type="syn" protocol="tcp" />
<host endtime="1"><address addr="2001:db8::1" addrtype="ipv4"/><ports><port protocol="tcp" portid="80"><state state="open" reason="syn-ack" reason_ttl="64"/></port></ports></host>
<host endtime="2"><address addr="2001:db8::1" addrtype="ipv4"/><ports><port protocol="tcp" portid="80"><service name="http" banner="x"></service></port></ports></host>
<host endtime="3"><address addr="2001:db8::1" addrtype="ipv4"/><ports><port protocol="tcp" portid="22"><state state="open" reason="syn-ack" reason_ttl="64"/></port></ports></host>
<runstats><finished time="4" /></runstats></nmaprun>`;
  const json = `[
{   "ip": "2001:db8::1",   "timestamp": "1", "ports": [ {"port": 80, "proto": "tcp", "status": "open", "reason": "syn-ack", "ttl": 64} ] },
{   "ip": "2001:db8::1",   "timestamp": "2", "ports": [ {"port": 80, "proto": "tcp", "service": {"name": "http", "banner": "x"}} ] }
,
{   "ip": "2001:db8::1",   "timestamp": "3", "ports": [ {"port": 22, "proto": "tcp", "status": "open", "reason": "syn-ack", "ttl": 64} ] }
]
`;
  for (const content of [xml, json]) {
    const { scanner, hosts } = await read(content);
    assert.equal(scanner, "masscan");
    assert.deepEqual(
      hosts.map(({ address, ports }) => [address, ports.map(({ port, service }) => [port, service])]),
      [
        [
          "2001:db8::1",
          [
            [22, null],
            [80, "http"],
          ],
        ],
      ],
    );
  }
});

test("an empty file is masscan's way to say nothing, and its old ending is understood", async () => {
  assert.deepEqual((await read("")).hosts, []);
  assert.deepEqual(
    (
      await read(
        '[\n{ "ip": "198.18.0.1", "ports": [{"port": 1, "proto": "tcp", "status": "open"}] },\n{finished: 1}\n]\n',
      )
    ).hosts.length,
    1,
  );
});

test("naabu's lines and our own are read", async () => {
  const naabu =
    '{"host":"a.example","ip":"198.18.0.2","port":443,"protocol":"tcp","tls":true}\n{"ip":"198.18.0.2","port":80}\n';
  const [host] = (await read(naabu)).hosts;
  assert.deepEqual([host?.hostnames, host?.ports.map(({ port }) => port)], [["a.example"], [80, 443]]);
  const own =
    '{"type":"endpoint","address":"198.18.0.2","transport":"tcp","port":5,"state":"open","reason":"syn-ack"}\n{"type":"summary","open":1}\n';
  assert.deepEqual((await read(own)).hosts[0]?.ports[0]?.port, 5);
});

test("I4 what is cut anywhere is refused, and no part of it is used", async () => {
  for (let length = 1; length < nmap.length - 12; length += 7) {
    const reader = scanXmlReader("cut");
    assert.throws(
      () => {
        reader.write(nmap.slice(0, length));
        reader.end();
      },
      (error) => error instanceof PortolanError && /^cut:\d+: /.test(error.message),
      `${length}`,
    );
  }
});

test("I6 masscan's JSON cut in the middle is refused with its line", async () => {
  const line =
    '{ "ip": "198.18.0.1", "timestamp": "1", "ports": [ {"port": 80, "proto": "tcp", "status": "open"} ] },\n';
  await refused(`[\n${line}${line.slice(0, 40)}`, /scan:3: is not a JSON object/);
  await refused(`[\n${line}`, /scan:3: ends in the middle of the list/);
});

test("I4 entities, depth, endless tags, other roots and other encodings are refused", async () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><nmaprun args="&b;"/>`;
  await refused(bomb, /scan:1: declares entities/);
  await refused(`<nmaprun args="&unknown;"></nmaprun>`, /not well-formed/);
  await refused(`<nmaprun>${"<a>".repeat(10_000)}`, /elements stand more than 64 deep/);
  await refused(`<nmaprun a="${"x".repeat(20 * 1024 * 1024)}`, /a tag without an end/);
  await refused(`<html></html>`, /begins with <html>/);
  await refused(Buffer.from(`\ufeff${nmap}`, "utf16le"), /UTF-8|neither XML nor JSON/);
  await refused(Buffer.concat([Buffer.from('[\n{"ip":"'), Buffer.from([0xff, 0xfe])]), /is not UTF-8/);
  await refused("Host: 198.18.0.1", /neither XML nor JSON/);
  await refused(`[${"[".repeat(100_000)}`, /is not a JSON object/);
  await refused('{"a":1}\n', /no record of masscan, naabu or portolan/);
  await assert.rejects(readScanFile(join(folder, "missing")), /cannot be read/);
});

test("a wrong port, address, transport or state is refused with its line", async () => {
  const port = (text: string): string => nmap.replace('portid="22"', text);
  await refused(port('portid="65536"'), /scan:9: "65536" is no port/);
  await refused(port(""), /scan:9: .*is no port/);
  await refused(nmap.replace("198.18.0.1", "198.18.0.1.1"), /scan:6: "198\.18\.0\.1\.1" is no IP address/);
  await refused(nmap.replace('state="open"', 'state="ajar"'), /scan:9: "ajar" is no state/);
  await refused(
    nmap.replace('protocol="tcp" portid="22"', 'protocol="&#27;[2J" portid="22"'),
    /not well-formed|no transport/,
  );
});

test("I4 mutated files are read or refused, and never throw anything else", () => {
  let state = 99;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const json =
    '[\n{ "ip": "198.18.0.1", "timestamp": "1", "ports": [ {"port": 80, "proto": "tcp", "status": "open"} ] }\n]\n';
  const pieces = [
    "<",
    ">",
    "&",
    '"',
    "<!DOCTYPE",
    "]]>",
    "<host>",
    "</host>",
    "\u0000",
    "{",
    "}",
    "[",
    "]",
    "65536",
    "-1",
    "\ud800",
  ];
  let understood = 0;
  for (let round = 0; round < amount("PORTOLAN_FUZZ", { short: 20_000, long: 1_000_000 }); round += 1) {
    const isXml = round % 2 === 0;
    let text = isXml ? nmap : json;
    for (let change = random(3); change >= 0; change -= 1) {
      const at = random(text.length);
      text = text.slice(0, at) + (pieces[random(pieces.length)] ?? "") + text.slice(at + random(4));
    }
    const reader = (isXml ? scanXmlReader : scanJsonReader)("f");
    try {
      reader.write(text);
      for (const { ports } of reader.end().hosts)
        for (const { port } of ports) assert.ok(port >= 0 && port <= 65_535);
      understood += 1;
    } catch (error) {
      assert.ok(error instanceof PortolanError, `${String(error)}\n${text}`);
    }
  }
  assert.ok(understood > 1_000, `${understood}`);
});

test("what is written as XML, JSON and is read again is the same", async () => {
  const result = await read(nmap);
  const back = await read([...scanWriters["nmap-xml"](result)].join("\n"));
  assert.deepEqual(back, { ...result, endedAtMs: 1_795_260_567_000 });
  const own = { ...result, scanner: "portolan", version: "0.1.0" };
  assert.deepEqual((await read([...scanWriters["nmap-xml"](own)].join("\n"))).scanner, "portolan");
  const { hosts } = await read([...scanWriters["masscan-json"](result)].join("\n"));
  assert.deepEqual(
    hosts[0]?.ports.map(({ port, state }) => [port, state]),
    [
      [22, "open"],
      [80, "filtered"],
    ],
  );
  assert.deepEqual([...scanWriters["masscan-json"]({ ...result, hosts: [] })], []);
  const grep = [...scanWriters.grepable(result)];
  assert.equal(
    grep[2],
    "Host: 198.18.0.1 (h <1>)\tPorts: 22/open/tcp//ssh///, 80/filtered/tcp/////\tIgnored State: closed (98)",
  );
});
