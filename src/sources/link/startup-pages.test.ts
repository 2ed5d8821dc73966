import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { openLibc } from "./libc.ts";
import { giveBackStartupPages, unchangedMappings } from "./startup-pages.ts";

const mapping = (range: string, rights: string, path: string, dirty: number, anonymous = 0): string =>
  `${range} ${rights} 00000000 fe:00 5415379                            ${path}
Size:               3352 kB
Rss:                1000 kB
Private_Clean:       900 kB
Private_Dirty:   ${String(dirty).padStart(7)} kB
Anonymous:       ${String(anonymous).padStart(7)} kB
Swap:                  0 kB
VmFlags: rd mr mw me
`;

test("only what is the file's own, unwritten and unchanged is given back", () => {
  const smaps = [
    mapping("00400000-00402000", "r--p", "/opt/a b/node", 0),
    mapping("00402000-00406000", "r-xp", "/opt/a b/node", 0),
    mapping("00406000-00408000", "r--p", "/opt/a b/node", 4),
    mapping("00408000-0040a000", "r-xp", "/opt/a b/node", 0, 4),
    mapping("0040a000-0040c000", "rw-p", "/opt/a b/node", 0),
    mapping("0040c000-0040e000", "r-xp", "/opt/a b/node (deleted)", 0),
    mapping("0040e000-00410000", "r-xp", "/usr/lib/libc.so.6", 0),
  ].join("");
  assert.deepEqual(unchangedMappings(smaps, "/opt/a b/node"), [
    { start: 0x400000, length: 0x2000 },
    { start: 0x402000, length: 0x4000 },
    { start: 0x406000, length: 0x2000 },
  ]);
  assert.deepEqual(unchangedMappings("", "/opt/node"), []);
  assert.deepEqual(unchangedMappings("00400000-00402000 r-xp 0 0 0 /opt/node\n", "/opt/node"), []);
});

test("afterwards this process holds less memory and works as before", async (t) => {
  const libc = await openLibc();
  if ("unavailable" in libc) return t.skip(libc.unavailable);
  const residentKiB = (): number =>
    Number(/^RssFile:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  const before = residentKiB();
  giveBackStartupPages(libc);
  const after = residentKiB();
  assert.ok(after < before, `${before} → ${after} KiB`);
  assert.equal(JSON.stringify(JSON.parse('{"a":[1,2,"ü"]}')), '{"a":[1,2,"ü"]}');
  assert.match(new Intl.NumberFormat("de").format(12_345.5), /12\.345,5/);
});
