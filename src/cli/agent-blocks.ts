import { BlockDesk } from "../agent/block-desk.ts";
import { watchBlocks, type BlockWatchOptions } from "../agent/block-watch.ts";
import { hostScene } from "../agent/host-scene.ts";
import { createOrderLink } from "../agent/order-link.ts";
import { newId } from "../base/id.ts";
import type { Listener } from "../model/listener.ts";
import { openFirewall } from "../sinks/firewall/firewall.ts";
import { runProgram } from "../sinks/firewall/run-program.ts";
import { bootClock } from "../sources/host/boot-time.ts";
import type { AgentOrder } from "./local-agent.ts";

interface AgentBlocksOptions extends Pick<BlockWatchOptions, "clock" | "say" | "signal"> {
  readonly order: Pick<AgentOrder, "server" | "token"> & { readonly never: readonly string[] };
  readonly listeners: () => readonly Listener[];
  readonly ffi: boolean;
}

/** The part of an agent that blocks, joined: loaded only where it was asked for. */
export async function runAgentBlocks({
  order,
  listeners,
  ffi,
  ...common
}: AgentBlocksOptions): Promise<void> {
  const firewall = await openFirewall(runProgram);
  const isMissing = "unavailable" in firewall;
  if (isMissing) common.say("warn", `this host cannot block: ${firewall.unavailable}`);
  const link = createOrderLink(order.server, order.token);
  const scene = hostScene({ listeners, servers: link.servers, never: order.never, ffi });
  await watchBlocks({
    ...common,
    link,
    desk: isMissing ? null : new BlockDesk({ firewall, scene, now: bootClock() }),
    firewall: isMissing ? null : firewall.name,
    problem: isMissing ? firewall.unavailable : null,
    runId: newId(),
  });
}
