import { PortolanError } from "../base/errors.ts";
import type { RunningServer } from "../server/server.ts";
import type { CommandContext } from "./command.ts";
import { formatListen } from "./listen-address.ts";
import type { ListenAddress } from "./listen-address.ts";

const firstUnprivilegedPort = 1024;

/** Listens, and when that fails says by whom the port is taken and what to do. Returns what was truly taken. */
export async function listenOn(
  server: RunningServer,
  listen: ListenAddress,
  context: CommandContext,
): Promise<ListenAddress> {
  try {
    const { port } = await server.listen(listen);
    return { host: listen.host, port };
  } catch (error) {
    throw await explain(error as NodeJS.ErrnoException, listen, context);
  }
}

async function explain(
  error: NodeJS.ErrnoException,
  listen: ListenAddress,
  { say }: CommandContext,
): Promise<PortolanError> {
  const address = formatListen(listen);
  if (error.code === "EADDRINUSE") {
    const { portHolder } = await import("./port-holder.ts");
    const holder = (await portHolder(listen)) ?? say("up.holder-unknown");
    return new PortolanError("conflict", say("up.port-in-use", { address, holder }), {
      cause: error,
      hint: say("up.port-in-use-hint", { port: listen.port < 65_535 ? listen.port + 1 : 7317 }),
    });
  }
  const message = say("up.cannot-listen", { address, reason: error.code ?? error.message });
  const hint =
    error.code === "EACCES"
      ? say("up.privileged-port", { first: firstUnprivilegedPort })
      : error.code === "EADDRNOTAVAIL"
        ? say("up.no-such-address")
        : undefined;
  return new PortolanError(error.code === "EACCES" ? "forbidden" : "invalid", message, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
