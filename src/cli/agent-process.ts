import { randomInt } from "node:crypto";
import { watchConnections } from "../agent/connection-watch.ts";
import { createConnectionUplink, createUplink } from "../agent/uplink.ts";
import { Spool } from "../agent/spool.ts";
import { runAgent } from "../agent/agent.ts";
import type { Clock } from "../base/clock.ts";
import { PortolanError } from "../base/errors.ts";
import { newId } from "../base/id.ts";
import { showable } from "../base/text.ts";
import { openConnectionSampler } from "../sources/host/connection-sampler.ts";
import type { HostIdentity } from "../model/look.ts";
import { hostIdentity } from "../sources/host/identity.ts";
import { createPoller, type Poller } from "../sources/host/poller.ts";
import type { CommandContext } from "./command.ts";
import { compiledExitCode } from "./local-agent.ts";
import type { AgentOrder } from "./local-agent.ts";
import type { ZabbixPortOptions, ZabbixPortOrder } from "./zabbix-port.ts";

/** A host changes its name and addresses seldom; reading them costs more than a quiet look. */
const identityKeptMs = 60_000;
/** `randomInt` gives less than 2^48. */
const seeds = 2 ** 32;

interface AgentProcessOptions {
  readonly order: Omit<AgentOrder, "mayRestart">;
  readonly ffi: boolean;
  readonly signal: AbortSignal;
}

/** What a supervisor reads as "start me again": EX_TEMPFAIL. */
const selfEndedExitCode = 75;

/** The agent as a whole process: collector, spool and uplink joined. */
export async function runAgentProcess(
  { clock, version, terminal, say, setExitCode }: CommandContext,
  { order, ffi, signal }: AgentProcessOptions,
): Promise<void> {
  const poller = await createPoller({ namespaces: order.namespaces, ffi });
  const sampler = await openConnectionSampler({
    listeners: () => poller.listeners(),
    clock,
    seed: randomInt(seeds),
    ffi,
  });
  const ended = new AbortController();
  const warn = (sentence: string): void => terminal.warn(`portolan agent: ${showable(sentence)}`);
  const common = {
    host: identityReader(clock),
    version,
    clock,
    random: Math.random,
    say: (_level: unknown, sentence: string) => warn(sentence),
    signal: AbortSignal.any([signal, ended.signal]),
  };
  const blockToo = async ({ never }: NonNullable<AgentOrder["block"]>): Promise<void> => {
    const { runAgentBlocks } = await import("./agent-blocks.ts");
    const { server, token } = order;
    await runAgentBlocks({
      ...common,
      order: { server, token, never },
      listeners: () => poller.listeners(),
      ffi,
    });
  };
  // It has looked once when it returns its promise, so that the first sample knows who listens.
  const running = runAgent({
    ...common,
    looker: poller,
    uplink: createUplink(order.server, order.token),
    spool: new Spool(order.spool),
    intervalMs: order.intervalMs,
    newId,
  });
  const watching = watchConnections({
    ...common,
    sampler: () => sampler.take(),
    uplink: createConnectionUplink(order.server, order.token),
  });
  const answering =
    order.zabbix === null ? null : answerZabbix(order.zabbix, { ...common, say, warn, poller, ffi });
  const blocking = order.block === null ? null : blockToo(order.block);
  try {
    const end = await running;
    if (end.asked) return;
    terminal.warn(`portolan: ${say("agent.ended", { why: showable(end.why) })}`);
    setExitCode(selfEndedExitCode);
  } finally {
    ended.abort();
    await Promise.all([watching, answering, blocking]);
    sampler.close();
    poller.close();
  }
}

/** Loaded where it is asked for only. */
async function answerZabbix(
  order: ZabbixPortOrder,
  parts: Pick<ZabbixPortOptions, "version" | "clock" | "say" | "ffi" | "signal"> & {
    readonly host: () => HostIdentity;
    readonly poller: Poller;
    readonly warn: (sentence: string) => void;
  },
): Promise<void> {
  const { keepZabbixPort } = await import("./zabbix-port.ts");
  const { host, poller, ...rest } = parts;
  await keepZabbixPort({
    ...rest,
    order,
    hostname: () => host().hostname,
    listeners: () => poller.listeners(),
  });
}

function identityReader(clock: Clock): () => HostIdentity {
  let identity = hostIdentity();
  let readAtMs = clock.monotonicMs();
  return () => {
    if (clock.monotonicMs() - readAtMs > identityKeptMs) {
      identity = hostIdentity();
      readAtMs = clock.monotonicMs();
    }
    return identity;
  };
}

/**
 * The agent as a child of `up`, started as `portolan agent --local`: its order is one line of JSON on stdin, and stdin is its lifeline, which ends when the
 * parent does, whatever became of it.
 */
export async function runLocalAgent(context: CommandContext, words: readonly string[]): Promise<void> {
  const lifeline = new AbortController();
  const order = await orderFromParent<AgentOrder>(lifeline);
  if (order.mayRestart && carriesCompiler()) return context.setExitCode(compiledExitCode);
  const signal = AbortSignal.any([context.signal, lifeline.signal]);
  await runAgentProcess(context, { order, ffi: !words.includes("--no-ffi"), signal });
}

/** Whether Node loaded its TypeScript compiler: it does when the code was not found compiled. */
function carriesCompiler(): boolean {
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList?: readonly string[] };
  return moduleLoadList?.some((name) => name.includes("amaro")) ?? false;
}

/** One line of JSON on stdin, which aborts `lifeline` when it ends. */
export function orderFromParent<Order>(lifeline: AbortController): Promise<Order> {
  return new Promise((resolve, reject) => {
    let text = "";
    process.stdin.setEncoding("utf8");
    process.stdin.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)) as Order);
    });
    process.stdin.on("error", () => lifeline.abort());
    process.stdin.on("end", () => {
      lifeline.abort();
      reject(new PortolanError("invalid", "stdin ended before the order"));
    });
  });
}
