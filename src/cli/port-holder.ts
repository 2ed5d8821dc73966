import { showable } from "../base/text.ts";
import type { ListenAddress } from "./listen-address.ts";
import type { PortRow } from "./ports/port-row.ts";

type Held = Pick<PortRow, "transport" | "port" | "address" | "scope"> & {
  readonly processes: readonly Pick<PortRow["processes"][number], "pid" | "name">[];
};

/** Who listens on the address, `nginx: master process (PID 812)`; undefined when nobody that can be seen does. */
export async function portHolder(at: ListenAddress): Promise<string | undefined> {
  const { readThisMachine } = await import("./ports/port-reading.ts");
  const { rows } = await readThisMachine({ ffi: true, allNamespaces: false }).catch(() => ({ rows: [] }));
  return holderAmong(rows, at);
}

/** The same, where it is known who listens. */
export function holderAmong(rows: readonly Held[], { host, port }: ListenAddress): string | undefined {
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
