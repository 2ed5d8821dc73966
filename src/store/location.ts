import { join } from "node:path";
import { PortolanError } from "../base/errors.ts";

/**
 * Where the data stands: `sqlite:/var/lib/portolan/portolan.db`. The scheme names the dialect; nothing outside this
 * folder asks which one it is.
 */
export type StoreLocation = string;

export function embeddedStore(dataFolder: string): StoreLocation {
  return `sqlite:${join(dataFolder, "portolan.db")}`;
}

export function sqlitePath(location: StoreLocation): string {
  if (location.startsWith("sqlite:") && location.length > "sqlite:".length)
    return location.slice("sqlite:".length);
  throw new PortolanError("invalid", `There is no store of the kind "${location.split(":", 1)[0]}".`, {
    hint: "Use sqlite:PATH.",
  });
}
