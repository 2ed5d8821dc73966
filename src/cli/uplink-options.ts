import { PortolanError } from "../base/errors.ts";
import type { CommandContext } from "./command.ts";

/** Where an agent or a scan node reports to. */
export interface UplinkOptions {
  readonly server?: string;
  readonly tokenFile?: string;
}

/** From flags or the environment; errors say how to get what is missing. */
export async function uplinkFromUser(
  context: CommandContext,
  options: UplinkOptions,
  tokenHint: string,
): Promise<{ readonly server: string; readonly token: string }> {
  const { say, environment } = context;
  const server = options.server ?? environment["PORTOLAN_URL"];
  if (server === undefined || server === "") throw new PortolanError("invalid", say("agent.no-server"));
  const { readToken } = await import("./connection.ts");
  const token = readToken(options.tokenFile, context);
  if (token === null) throw new PortolanError("invalid", say("agent.no-token"), { hint: tokenHint });
  // Whoever may read our environment later finds no secret there.
  delete process.env["PORTOLAN_TOKEN"];
  return { server, token };
}
