// Server, agent and kernel together: the agent runs on a host of its own, and the way to its server can be cut.
import assert from "node:assert/strict";
import test, { describe } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { isLong, until } from "../agent/rig.ts";
import { portolan } from "../cli/portolan.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { address, connectClient, connectionsOf, layRoad, leftInKernel, startProduct } from "./block-stage.ts";
import type { Product, Road } from "./block-stage.ts";

const skip = whyNoNamespaces("nft", "ss") ?? false;
/** 2 s are the goal, and the figure is told; a loaded machine is no failure. */
const cutMsMax = 10_000;
const rolledBackMsMax = 60_000;

const isDone = (product: Product, id: string): Promise<boolean> =>
  until(async () => (await product.deed(id))?.state === "done", 10_000);

/** Without a word: nothing tells the host that the way is gone. */
function cutControl({ server }: Road): void {
  server.run(
    "nft",
    "add table inet cut; add chain inet cut in { type filter hook input priority 0; policy drop; }",
  );
}

// Side by side: most of the time they wait for a kernel's timeout.
describe("blocks through the whole product", { concurrency: true, skip }, () => {
  test("S15 a block ends what is connected, spares bystanders, is lifted, and all is in the audit log", async (t) => {
    const road = await layRoad(t);
    const product = await startProduct(t, road);
    const victim = await connectClient(t, road, address.attacker);
    const bystander = await connectClient(t, road, address.bystander);
    const login = await connectClient(t, road, address.login);
    for (const action of ["drop", "reject"]) {
      const orderedMs = performance.now();
      const ordering = product.block(address.attacker, { action });
      assert.ok(await until(() => connectionsOf(road, address.attacker) === 0, cutMsMax, 20), action);
      t.diagnostic(`${action}: cut after ${Math.round(performance.now() - orderedMs)} ms`);
      assert.ok(await isDone(product, (await ordering).id));
      assert.ok(leftInKernel(road, address.attacker) > 500);
      assert.equal(await victim.answers(), false);
      assert.deepEqual([await bystander.answers(), await login.answers()], [true, true]);
      const { blocks } = await product.blocks();
      assert.deepEqual(
        blocks.map(({ target, by, isOnProbation }) => [target, by, isOnProbation]),
        [[address.attacker, "local", false]],
      );
      await product.api.post(`/hosts/${product.hostId}/blocks/lift`, { target: address.attacker });
      assert.equal(leftInKernel(road, address.attacker), 0);
      await connectClient(t, road, address.attacker);
    }
    const { rows } = await product.api.get<{ readonly rows: readonly { readonly action: string }[] }>(
      "/audit",
    );
    const actions = new Set(rows.map(({ action }) => action));
    for (const action of ["block.block", "block.block-outcome", "block.unblock", "block.unblock-outcome"])
      assert.ok(actions.has(action), action);
  });

  test("S15 the host refuses by what it sees itself, and a preview does nothing", async (t) => {
    const road = await layRoad(t);
    const product = await startProduct(t, road);
    await connectClient(t, road, address.login);
    const victim = await connectClient(t, road, address.attacker);
    for (const own of [address.gateway, address.login, address.server, address.host, "10.77.1.0/24"]) {
      const deed = await product.block(own, { acceptedPeers: 100 });
      assert.equal(deed.state, "refused", `${own}: ${JSON.stringify(deed)}`);
      assert.equal(deed.refusal?.code, "never-block", own);
    }
    const seen = await product.api.post<{ readonly outcome: string; readonly preview: object }>(
      `/hosts/${product.hostId}/blocks/preview`,
      { target: address.attacker, durationMs: 60_000 },
    );
    assert.equal(seen.outcome, "planned");
    assert.match(JSON.stringify(seen.preview), /"remote":"10\.77\.1\.9".*"connectionCount":1/);
    const here = ["--data", product.data];
    const shown = await portolan(["block", product.hostName, address.attacker, "--preview", ...here]);
    assert.match(shown.stdout, /1 connection would be cut\n {2}10\.77\.1\.9 \d+ → 8099 ESTABLISHED node/);
    assert.equal(await victim.answers(), true);
    assert.equal(leftInKernel(road, address.attacker), 0);

    const refused = await portolan(["block", product.hostName, address.gateway, ...here]);
    assert.match(refused.stderr, /holds 10\.88\.0\.3, which is never blocked \(gateway\)/);
    const words = [product.hostName, address.attacker];
    assert.equal((await portolan(["block", ...words, "--for", "5m", ...here])).code, 0);
    assert.match((await portolan(["blocks", ...here])).stdout, /10\.77\.1\.9 +drop +(5m|4m\d+s) +local/);
    assert.equal((await portolan(["unblock", ...words, ...here])).code, 0);
    assert.equal(leftInKernel(road, address.attacker), 0);
  });

  test("S15 an order outlives the restart of the server and of the agent, and is carried out once", async (t) => {
    const road = await layRoad(t);
    const product = await startProduct(t, road);
    product.agent.kill("SIGKILL");
    const waiting = await product.block(address.attacker);
    assert.equal(waiting.state, "waiting");
    await product.restartServer();
    product.startAgent();
    assert.ok(await isDone(product, waiting.id), JSON.stringify(await product.deed(waiting.id)));
    const left = leftInKernel(road, address.attacker);
    assert.ok(left > 500 && left <= 600, String(left));
    product.agent.kill("SIGKILL");
    product.startAgent();
    assert.ok(await until(async () => (await product.blocks()).blocks.length === 1, 15_000));
    assert.equal((await product.blocks()).blocks[0]?.by, "local");
    assert.ok(leftInKernel(road, address.attacker) <= left);
  });

  test("S15 a block ends in time although the agent was killed", async (t) => {
    const road = await layRoad(t);
    const product = await startProduct(t, road);
    const orderedMs = performance.now();
    const deed = await product.block(address.attacker, { durationMs: 12_000 });
    assert.ok(await isDone(product, deed.id));
    product.agent.kill("SIGKILL");
    assert.ok(leftInKernel(road, address.attacker) > 0);
    await pause(12_000 + 2_000 - (performance.now() - orderedMs));
    assert.equal(leftInKernel(road, address.attacker), 0);
    await connectClient(t, road, address.attacker);
  });

  for (const isKilled of isLong ? [false, true] : [true]) {
    const also = isKilled ? ", also when the agent is killed and started again meanwhile" : "";
    test(`S15 the way to the server is cut: every block is taken back within a minute${also}`, async (t) => {
      const road = await layRoad(t);
      const product = await startProduct(t, road);
      const deed = await product.block(address.attacker);
      assert.ok(await isDone(product, deed.id));
      cutControl(road);
      const cutMs = performance.now();
      if (isKilled) {
        product.agent.kill("SIGKILL");
        await pause(2_000);
        product.startAgent();
      }
      assert.ok(leftInKernel(road, address.attacker) > 0);
      assert.ok(await until(() => leftInKernel(road, address.attacker) === 0, rolledBackMsMax, 250));
      t.diagnostic(`rolled back after ${Math.round((performance.now() - cutMs) / 1_000)} s`);
      await connectClient(t, road, address.attacker);
    });
  }
});
