import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { agentOf, portolan, up, withFolder } from "./portolan.ts";

interface Status {
  readonly checks: readonly {
    readonly name: string;
    readonly status: string;
    readonly code: string;
    readonly what: string;
    readonly mend: string | null;
  }[];
}

test("an agent that ended is told by health, status and doctor, with what to do", async () => {
  await withFolder(async (folder) => {
    const server = await up(["--data", folder, "--listen", "127.0.0.1:0"]);
    const agent = async () => {
      const { stdout } = await portolan(["status", "--json", "--data", folder]);
      return (JSON.parse(stdout) as Status).checks.find(({ name }) => name === "agent");
    };
    try {
      assert.equal((await agent())?.status, "ok");
      process.kill(await agentOf(server), "SIGKILL");
      let check = await agent();
      for (let tries = 0; check?.status === "ok" && tries < 20; tries += 1) {
        await sleep(100);
        check = await agent();
      }
      assert.deepEqual([check?.status, check?.code], ["degraded", "agent-ended"]);
      assert.match(check?.what ?? "", /ended \(SIGKILL\); it is started again/);
      assert.match(check?.mend ?? "", /doctor/);
      const said = await portolan(["status", "--data", folder]);
      assert.match(said.stdout, /agent: The agent of this machine ended \(SIGKILL\).*\n +→ /);
      const doctor = await portolan(["doctor", "--data", folder, "--json", "--listen", "127.0.0.1:0"]);
      assert.match(doctor.stdout, /"check": "server",\s+"state": "limited",\s+"said": "[^"]*SIGKILL/);
    } finally {
      await server.stop();
    }
  });
});
