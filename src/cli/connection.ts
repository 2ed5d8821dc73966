import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { PortolanError } from "../base/errors.ts";
import type { ApiClient } from "./api-client.ts";
import type { CommandContext } from "./command.ts";
import { controlSocketName, dataFolder, userConfigFolder } from "./data-folder.ts";

/** Where a command looks for the server. */
export interface ConnectionOptions {
  readonly server?: string;
  readonly tokenFile?: string;
  readonly data?: string;
}

export function addConnectionOptions(command: Command, { say }: CommandContext): Command {
  return command
    .addOption(new Option("--server <url>", say("option.server")).conflicts("data"))
    .option("--token-file <file>", say("option.token-file"))
    .option("--data <dir>", say("option.data"));
}

/**
 * Runs `use` against a server: the one named by flag, environment or `~/.config/portolan/url`; else the one that runs
 * on this machine's data folder, through its control socket (who may open it owns the data anyway, so it asks for no
 * token); else the data folder itself, opened for the moment with the same lock that a server takes.
 */
export async function withApi<Result>(
  context: CommandContext,
  options: ConnectionOptions,
  use: (api: ApiClient) => Promise<Result>,
): Promise<Result> {
  const { createApiClient } = await import("./api-client.ts");
  const { say, environment } = context;
  const url = options.data === undefined ? serverUrl(options, environment) : undefined;
  if (url !== undefined) {
    const token = readToken(options.tokenFile, context);
    if (token === null) {
      const file = join(userConfigFolder(environment), "token");
      throw new PortolanError("unauthenticated", say("client.no-token", { server: url, file }));
    }
    return use(createApiClient({ url, token }, say));
  }
  const { readConfig } = await import("./config-file.ts");
  const { config } = await readConfig(context, undefined, { data: options.data });
  const folder = dataFolder(config.data, environment);
  const socketPath = join(folder, controlSocketName);
  const { answersOn } = await import("./control-socket.ts");
  if (await answersOn(socketPath)) return use(createApiClient({ socketPath }, say));
  if (!existsSync(join(folder, "portolan.db"))) {
    throw new PortolanError("not-found", say("client.no-data", { folder }), {
      hint: say("client.no-data-hint"),
    });
  }
  const { openHouse } = await import("./house.ts");
  const house = await openHouse(context, folder, config);
  try {
    return await use(createApiClient({ socketPath: house.controlSocket ?? socketPath }, say));
  } finally {
    await house.close();
  }
}

function serverUrl(
  options: ConnectionOptions,
  environment: CommandContext["environment"],
): string | undefined {
  const url =
    options.server ?? environment["PORTOLAN_URL"] ?? readLine(join(userConfigFolder(environment), "url"));
  if (url === undefined || url === "") return undefined;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new PortolanError("invalid", `${url}: http:// or https://`);
  }
  return url;
}

/** `--token-file`, PORTOLAN_TOKEN, `~/.config/portolan/token`. Never from an argument, which every user can read. */
export function readToken(
  file: string | undefined,
  { say, environment, terminal }: CommandContext,
): string | null {
  if (file === undefined && (environment["PORTOLAN_TOKEN"] ?? "") !== "") {
    return environment["PORTOLAN_TOKEN"] ?? null;
  }
  const path = file ?? join(userConfigFolder(environment), "token");
  const token = readLine(path);
  if (token === undefined) {
    if (file === undefined) return null;
    throw new PortolanError("invalid", say("ports.cannot-read", { file, reason: "ENOENT" }));
  }
  if ((statSync(path).mode & 0o077) !== 0)
    terminal.warn(`portolan: ${say("client.token-readable", { file: path })}`);
  return token === "" ? null : token;
}

function readLine(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
