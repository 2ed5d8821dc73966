import { createScanLink } from "../agent/scan-link.ts";
import { runScanNode } from "../agent/scan-node.ts";
import { newId } from "../base/id.ts";
import { showable } from "../base/text.ts";
import { orderFromParent } from "./agent-process.ts";
import type { CommandContext } from "./command.ts";
import type { ScanNodeOrder } from "./local-scan-node.ts";
import { runEngine } from "./scan/run-engine.ts";

/** A scan node as a whole process: link and engines joined. */
export async function runScanNodeProcess(
  context: CommandContext,
  { server, token }: ScanNodeOrder,
  signal: AbortSignal,
): Promise<void> {
  const { terminal, clock, version } = context;
  const link = createScanLink(server, token);
  try {
    await runScanNode({
      link,
      runScan: (scan, engine, listener, stop) =>
        runEngine(context, { scan, engine, log: null }, listener, stop),
      clock,
      newId,
      random: Math.random,
      version,
      say: (_level, sentence) => terminal.warn(`portolan scan-node: ${showable(sentence)}`),
      signal,
    });
  } finally {
    link.close();
  }
}

/** The scan node as a child of `up`: its order is one line of JSON on stdin, which ends when the parent does. */
export async function runLocalScanNode(context: CommandContext): Promise<void> {
  const lifeline = new AbortController();
  const order = await orderFromParent<ScanNodeOrder>(lifeline);
  await runScanNodeProcess(context, order, AbortSignal.any([context.signal, lifeline.signal]));
}
