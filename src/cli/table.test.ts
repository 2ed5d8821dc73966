import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import test from "node:test";
import { printTable } from "./table.ts";
import { createTerminal, wantsColour } from "./terminal.ts";
import { fitText, textWidth } from "./text-width.ts";

function printed(columns: number | undefined, environment: Record<string, string> = {}): string {
  const stdout = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const terminal = createTerminal({ stdout, stderr: new PassThrough(), environment });
  printTable(
    terminal,
    [
      { title: "PORT", text: (row) => String(row.port), align: "right" },
      { title: "PROCESS", text: (row) => row.name, shrinkTo: 8, colours: () => ["red"] },
      { title: "EMPTY", text: () => "" },
      { title: "USER", text: (row) => row.user },
    ],
    [
      { port: 22, name: "sshd", user: "root" },
      { port: 8080, name: "服务进程 server", user: "www" },
    ],
  );
  return String(stdout.read());
}

test("columns line up under CJK text, and a column without text is left out", () => {
  assert.equal(
    printed(undefined),
    ["PORT  PROCESS          USER", "  22  sshd             root", "8080  服务进程 server  www", ""].join(
      "\n",
    ),
  );
});

test("a narrow terminal cuts what may be cut, never a figure", () => {
  const lines = printed(20, { NO_COLOR: "1" }).trimEnd().split("\n");
  for (const line of lines) assert.ok(textWidth(line) <= 20, line);
  assert.match(lines[2] ?? "", /^8080 {2}服务进… {2,3}www$/);
});

test("NO_COLOR wins over FORCE_COLOR, which wins over the terminal", () => {
  assert.equal(wantsColour({}, true), true);
  assert.equal(wantsColour({}, false), false);
  assert.equal(wantsColour({ FORCE_COLOR: "1" }, false), true);
  assert.equal(wantsColour({ FORCE_COLOR: "0" }, true), false);
  assert.equal(wantsColour({ NO_COLOR: "1", FORCE_COLOR: "1" }, true), false);
  assert.equal(wantsColour({ NO_COLOR: "" }, true), true);
  assert.ok(!printed(undefined).includes("\u001b"));
  assert.ok(printed(80).includes("\u001b[31m"));
});

test("fitting keeps to the cells that were asked for", () => {
  for (const text of ["", "abc", "中文端口", "a中b文c", "e\u0301tude"]) {
    for (let cells = 1; cells < 12; cells += 1) assert.equal(textWidth(fitText(text, cells)), cells, text);
  }
});
