import { PortolanError } from "../base/errors.ts";
import { showable } from "../base/text.ts";
import type { Host } from "../model/host.ts";
import type { ApiClient } from "./api-client.ts";
import type { CommandContext } from "./command.ts";

/** The id of a host given by name or id. */
export async function findHostId(api: ApiClient, wanted: string, { say }: CommandContext): Promise<string> {
  const { rows } = (await api.get("/hosts", { limit: 1000 })) as { readonly rows: readonly Host[] };
  const found = rows.find((host) => host.id === wanted || host.hostname === wanted);
  if (found === undefined) {
    throw new PortolanError("not-found", say("events.no-such-host", { name: showable(wanted) }));
  }
  return found.id;
}
