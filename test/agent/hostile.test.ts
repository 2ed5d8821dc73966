import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants, copyFileSync, linkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { hasUnsafeCharacters } from "../../src/base/text.ts";
import { portolan, up, withFolder } from "../cli/portolan.ts";
import { apiOf, ended, listen, makeToken, unlisten, until } from "./rig.ts";

const hostile = "a\u200bb\u202ec\u001b[31md\n";
const shown = "a\\u200bb\\u202ec\\x1b[31md\\x0a";
/** Linux takes 128 KiB in one argument. */
const argumentCharacters = 131_000;
const argumentsOfOneMegabyte = 8;

const script = `
  const server = require("node:net").createServer().listen(0, "127.0.0.1", () => {
    if (process.env.TITLE) process.title = process.env.TITLE + "t".repeat(1_000_000);
    console.log(server.address().port);
  });
  process.stdin.resume().on("end", () => process.exit());
`;

interface Holder {
  readonly port: number;
  stop(): Promise<void>;
}

/** A process on a port of its own. The shell adds an argument that is no UTF-8. */
async function hold(executable: string, argv0: string, title: string): Promise<Holder> {
  const shell =
    'exec "$0" -e "$1" -- "$(printf "a\\377\\303b")" "$2" "$3" "$3" "$3" "$3" "$3" "$3" "$3" "$3"';
  const child =
    title === ""
      ? spawn("sh", ["-c", shell, executable, script, hostile, "x".repeat(argumentCharacters)], {
          stdio: "pipe",
        })
      : spawn(
          executable,
          ["-e", script, "--", ...Array<string>(argumentsOfOneMegabyte).fill("x".repeat(argumentCharacters))],
          {
            argv0,
            env: { ...process.env, TITLE: title },
            stdio: "pipe",
          },
        );
  child.stderr.pipe(process.stderr);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    port: Number(line.toString()),
    stop: () => {
      child.stdin.end();
      return ended(child);
    },
  };
}

interface Shown {
  readonly name: string | null;
  readonly executablePath: string | null;
  readonly commandLine: string | null;
}

function assertShown(processes: readonly Shown[] | undefined, path: string, commandLine: RegExp): void {
  assert.equal(processes?.length, 1);
  for (const text of [processes[0]?.name, processes[0]?.executablePath, processes[0]?.commandLine]) {
    assert.equal(hasUnsafeCharacters(text ?? ""), false, text ?? "");
  }
  assert.equal(processes[0]?.executablePath, path);
  assert.match(processes[0].commandLine ?? "", commandLine);
  assert.equal(processes[0].commandLine?.length, 4_096);
}

test("whatever a process calls itself, it is shown escaped and cut, and its host stays in sight", async () => {
  await withFolder(async (folder) => {
    const executable = join(folder, hostile);
    try {
      linkSync(process.execPath, executable);
    } catch {
      copyFileSync(process.execPath, executable, constants.COPYFILE_FICLONE);
    }
    const holders = [await hold(executable, "", ""), await hold(executable, hostile, hostile)] as const;
    const server = await up(["--data", join(folder, "data"), "--listen", "127.0.0.1:0"]);
    try {
      const expected = [
        [holders[0].port, /-- a\\xff\\xc3b a\\u200bb\\u202ec\\x1b\[31md\\x0a x{100,}…$/],
        [holders[1].port, /^a\\u200bb\\u202ec\\x1b\[31md\\x0at{100,}…$/],
      ] as const;
      const path = join(folder, shown);

      const { stdout } = await portolan(["ports", "--json"]);
      const { rows } = JSON.parse(stdout) as {
        rows: readonly { port: number; processes: readonly Shown[] }[];
      };
      for (const [port, commandLine] of expected) {
        assertShown(rows.find((row) => row.port === port)?.processes, path, commandLine);
      }

      const api = apiOf(server.url, await makeToken(join(folder, "data"), "reader", "--scope", "read"));
      assert.ok(
        await until(async () => (await api.upPorts()).includes(holders[1].port), 8_000),
        server.stderr(),
      );
      for (const [port, commandLine] of expected) {
        const list = await api.call<{ rows: readonly { id: string }[] }>(`/ports?port=${port}`);
        const details = await api.call<{ processes: readonly Shown[] }>(`/ports/${list.rows[0]?.id}`);
        assertShown(details.processes, path, commandLine);
      }
      const late = await listen(0);
      const address = late.address();
      const port = typeof address === "object" ? address?.port : undefined;
      assert.ok(
        await until(async () => (await api.upPorts()).some((up) => up === port), 8_000),
        "the next batch is taken too",
      );
      await unlisten(late);
      const status = await portolan(["status", "--data", join(folder, "data")]);
      assert.match(status.stdout, /endpoints open on 1 host /);
      assert.doesNotMatch(server.stderr(), /will not take|refuses|not understood/);
    } finally {
      await server.stop();
      for (const holder of holders) await holder.stop();
    }
  });
});
