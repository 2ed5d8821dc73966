import { showable } from "../base/text.ts";
import type { ListenAddress } from "./listen-address.ts";
import { readThisMachine } from "./ports/port-reading.ts";

/** Who listens on the address, `nginx: master process (PID 812)`; undefined when nobody that can be seen does. */
export async function portHolder({ host, port }: ListenAddress): Promise<string | undefined> {
  const { rows } = await readThisMachine({ ffi: true, allNamespaces: false }).catch(() => ({ rows: [] }));
  const everywhere = host === "0.0.0.0" || host === "::";
  const inTheWay = rows.filter(
    (row) =>
      row.transport === "tcp" &&
      row.port === port &&
      (everywhere || row.address === host || row.scope === "all"),
  );
  const [process] = inTheWay.flatMap(({ processes }) => processes);
  return process === undefined ? undefined : `${showable(process.name ?? "?")} (PID ${process.pid})`;
}
