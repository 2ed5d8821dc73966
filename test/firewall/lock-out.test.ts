import assert from "node:assert/strict";
import test from "node:test";
import { amount } from "../support/amount.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { address, connectClient, layRoad, start } from "./block-stage.ts";

interface Told {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly lockOuts: readonly string[];
  readonly failures: readonly string[];
  readonly made: number;
  readonly standing: number;
}

const echo = `require("node:net").createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(7000, () => console.log("ready"))`;
const programs = { nftables: ["nft"], iptables: ["ipset", "iptables", "ip6tables"] } as const;

for (const kind of ["nftables", "iptables"] as const) {
  const skip = whyNoNamespaces("ss", ...programs[kind]) ?? false;
  test(`S15 ${kind}: whatever is asked for, the host stays reachable`, { skip }, async (t) => {
    const road = await layRoad(t);
    await start(t, road.server, ["-e", echo]);
    const login = await connectClient(t, road, address.login);
    const bystander = await connectClient(t, road, address.bystander);
    const requests = amount(`BLOCK_REQUESTS_${kind.toUpperCase()}`, {
      short: kind === "nftables" ? 120 : 15,
      long: 1_000,
    });
    const file = `${import.meta.dirname}/lock-out-process.ts`;
    const told = JSON.parse(road.host.run(process.execPath, file, String(requests), "7", kind)) as Told;
    t.diagnostic(`${requests} requests, ${told.made} carried out: ${JSON.stringify(told.outcomes)}`);
    assert.deepEqual(told.lockOuts, []);
    assert.deepEqual(told.failures, []);
    assert.deepEqual([await login.answers(), await bystander.answers()], [true, true]);
    assert.ok(told.made > requests / 10, String(told.made));
    assert.ok((told.outcomes["refused: never-block"] ?? 0) > requests / 10);
  });
}
