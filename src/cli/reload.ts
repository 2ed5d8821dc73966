import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import type { CommandContext } from "./command.ts";
import type { LoadedConfig } from "./config-file.ts";
import type { House } from "./house.ts";

/** Keys that are read once, when the server starts. */
const startKeys = ["data", "listen", "publicUrl", "trustedProxies", "limits", "agent", "zabbix"] as const;

/**
 * What SIGHUP does: the configuration is read again. When it is wrong, every mistake is told and the old one stays in
 * force; when it is right, what can change while running does, and what cannot is named.
 */
export function createReload(
  { terminal, say }: CommandContext,
  house: House,
  first: Config,
  read: () => Promise<LoadedConfig>,
  took: (config: Config) => void,
): () => Promise<void> {
  return async () => {
    try {
      const { config, file } = await read();
      await house.reconfigure(config);
      took(config);
      terminal.warn(`portolan: ${file === null ? say("config.none") : say("up.reloaded", { file })}`);
      const stuck = startKeys.filter((key) => !isDeepStrictEqual(first[key], config[key]));
      if (stuck.length > 0)
        terminal.warn(`portolan: ${say("up.reload-restart", { keys: stuck.join(", ") })}`);
    } catch (error) {
      terminal.warn(`portolan: ${say("up.reload-refused", { reason: (error as Error).message })}`);
    }
  };
}
