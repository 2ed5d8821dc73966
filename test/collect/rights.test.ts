import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { spawn } from "node:child_process";
import { join } from "node:path";
import test from "node:test";
import type { Listener } from "../../src/model/listener.ts";
import type { Look } from "../../src/model/look.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { converse } from "./conversation.ts";

const nobody = 65_534;
const needed = "owner unknown: needs root or CAP_SYS_PTRACE";

for (const way of ["ffi", "proc"]) {
  test(
    `without rights every endpoint is still seen by ${way}, and each row says what is missing`,
    {
      skip: whyNoNamespaces("setpriv"),
      timeout: 60_000,
    },
    async (t) => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      t.after(() => server.close());
      const { port } = server.address() as AddressInfo;
      const watcher = join(import.meta.dirname, "watcher.ts");
      const child = spawn(
        "setpriv",
        [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", process.execPath, watcher, "own", way],
        { stdio: ["pipe", "pipe", "inherit"] },
      );
      const conversation = converse(child);
      t.after(() => conversation.close());
      for (let round = 0; round < 3; round++) {
        const { look, listeners } = await conversation.ask<{ look: Look; listeners: Listener[] }>("look");
        const ours = listeners.find((listener) => listener.port === port);
        assert.equal(ours?.ownerUnknown, needed);
        assert.deepEqual(ours?.processes, []);
        assert.ok(
          look.limits.some((limit) => limit.includes("needs root or CAP_SYS_PTRACE")),
          look.limits.join("; "),
        );
        assert.equal(look.coverage.length, 2, "what listens is covered all the same");
      }
    },
  );
}
