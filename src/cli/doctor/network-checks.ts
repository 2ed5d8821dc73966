import { createServer } from "node:net";
import { join } from "node:path";
import { answersOn } from "../control-socket.ts";
import { controlSocketName } from "../data-folder.ts";
import { formatListen } from "../listen-address.ts";
import type { ListenAddress } from "../listen-address.ts";
import { bad, good } from "./check.ts";
import type { Check } from "./check.ts";

/** More than this and "when" is told wrong (the server shows it, and goes by its own clock). */
const skewMsMax = 60_000;
/** Nothing was written before it: a clock that says less was never set. */
const plausibleSinceMs = Date.UTC(2026, 0, 1);

export const checkPort: Check = async ({ say, listen, folder }) => {
  const address = formatListen(listen);
  const problem = await tryListen(listen);
  if (problem === null) return good("port", say("doctor.port-good", { address }));
  if (problem === "EADDRINUSE" && (await answersOn(join(folder, controlSocketName)))) {
    return good("port", say("doctor.port-own", { address }));
  }
  if (problem !== "EADDRINUSE") {
    return bad(
      "port",
      "broken",
      say("up.cannot-listen", { address, reason: problem }),
      say("doctor.port-mend"),
    );
  }
  const { portHolder } = await import("../port-holder.ts");
  const holder = (await portHolder(listen)) ?? say("up.holder-unknown");
  return bad("port", "broken", say("doctor.port-taken", { address, holder }), say("doctor.port-mend"));
};

function tryListen({ host, port }: ListenAddress): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

export const checkClock: Check = async ({ say, context, server }) => {
  const time = new Date(context.clock.nowMs()).toISOString();
  const mend = say("doctor.clock-mend");
  if (context.clock.nowMs() < plausibleSinceMs) {
    return bad("clock", "broken", say("doctor.clock-unset", { time }), mend);
  }
  if (server === undefined) return good("clock", say("doctor.clock-unchecked", { time }));
  const { createApiClient } = await import("../api-client.ts");
  const api = createApiClient({ url: server, token: null }, say);
  // Refused or not: every answer bears the server's time.
  const failure = await api.get("/setup").then(
    () => null,
    (error: unknown) => error,
  );
  const skewMs = api.skewMs();
  if (skewMs === null) throw failure;
  if (Math.abs(skewMs) > skewMsMax) {
    return bad("clock", "broken", say("doctor.clock-off", { skew: Math.round(skewMs / 1000) }), mend);
  }
  return good("clock", say("doctor.clock-good", { skew: Math.round(skewMs) }));
};
