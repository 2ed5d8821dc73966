import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PortolanError } from "../base/errors.ts";
import { showable } from "../base/text.ts";
import type { Config } from "../config/config.ts";
import type { CommandContext } from "./command.ts";
import { userConfigFolder } from "./data-folder.ts";

/** Larger than ten thousand rules with their notes. */
const fileBytesMax = 16 * 1024 * 1024;
/** Of a file that a variable `…_FILE` names. */
const valueBytesMax = 64 * 1024;

export interface LoadedConfig {
  readonly config: Config;
  /** Where it was read; null when the defaults are in force. */
  readonly file: string | null;
}

/** What `--listen` and `--data` set, by key. */
export type ConfigFlags = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the configuration: the file given, else the first of the usual places that exists; over it the
 * environment, over that the flags.
 */
export async function readConfig(
  context: CommandContext,
  given: string | undefined,
  flags: ConfigFlags = {},
): Promise<LoadedConfig> {
  const { environment } = context;
  const file = given ?? usualPlaces(environment).find((path) => existsSync(path));
  const readFile = (path: string): string => readBounded(path, valueBytesMax, context);
  const over = { environment, flags, readFile };
  if (file === undefined) {
    // YAML is not even loaded: a tenth of the code that a server starts with.
    const { completeConfig } = await import("../config/complete.ts");
    const { nothingRead } = await import("../config/read.ts");
    return { config: completeConfig(nothingRead, undefined, over), file: null };
  }
  const { loadConfig } = await import("../config/load.ts");
  const source = { name: file, text: readBounded(file, fileBytesMax, context) };
  return { config: loadConfig({ file: source, ...over }), file };
}

function usualPlaces(environment: CommandContext["environment"]): string[] {
  const own = join(userConfigFolder(environment), "config.yaml");
  const given = environment["CONFIGURATION_DIRECTORY"];
  return [...(given === undefined ? [] : [join(given, "config.yaml")]), own, "/etc/portolan/config.yaml"];
}

function readBounded(file: string, bytesMax: number, { say }: CommandContext): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new PortolanError("invalid", say("ports.cannot-read", { file: showable(file), reason }), {
      cause,
    });
  }
  if (bytes.length <= bytesMax) return bytes.toString("utf8");
  const limit = bytesMax / 1024 / 1024;
  throw new PortolanError("invalid", say("ports.too-large", { file: showable(file), limit }));
}
