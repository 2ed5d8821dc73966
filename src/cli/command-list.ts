import type { DefineCommand } from "./command.ts";
import { defineAgent } from "./commands/agent.ts";
import { defineBlock } from "./commands/block.ts";
import { defineBlocks } from "./commands/blocks.ts";
import { defineCompletion } from "./commands/completion.ts";
import { defineConfig } from "./commands/config.ts";
import { defineConnections } from "./commands/connections.ts";
import { defineDiff } from "./commands/diff.ts";
import { defineDoctor } from "./commands/doctor.ts";
import { defineEvents } from "./commands/events.ts";
import { defineImport } from "./commands/import.ts";
import { definePorts } from "./commands/ports.ts";
import { defineScan } from "./commands/scan.ts";
import { defineScanNode } from "./commands/scan-node.ts";
import { defineStatus } from "./commands/status.ts";
import { defineTcpStatus } from "./commands/tcp-status.ts";
import { defineToken } from "./commands/token.ts";
import { defineTrouble } from "./commands/trouble.ts";
import { defineUnblock } from "./commands/unblock.ts";
import { defineUp } from "./commands/up.ts";
import { defineUser } from "./commands/user.ts";
import { defineZabbix } from "./commands/zabbix.ts";

/** In the order of the help. */
export const commandList: readonly DefineCommand[] = [
  defineUp,
  defineAgent,
  definePorts,
  defineConnections,
  defineBlock,
  defineUnblock,
  defineBlocks,
  defineScan,
  defineScanNode,
  defineDiff,
  defineImport,
  defineEvents,
  defineTrouble,
  defineStatus,
  defineTcpStatus,
  defineZabbix,
  defineDoctor,
  defineUser,
  defineToken,
  defineConfig,
  defineCompletion,
];
