import { z } from "zod";
import { connectionStates } from "../../model/connection-counts.ts";
import {
  connectionCounters,
  connectionFills,
  connectionGauges,
  connectionTopKinds,
} from "../../model/connection-history.ts";
import { count, id, moment, port } from "./scalar.ts";

/** An object with just these keys, each of the same kind. */
function keyed<Name extends string, Value extends z.ZodType>(names: readonly Name[], value: Value) {
  return z.object(Object.fromEntries(names.map((name) => [name, value])) as Record<Name, Value>);
}

const tcp = keyed(connectionStates, count).meta({
  id: "ConnectionCounts",
  description: "TCP sockets by state",
});
const states = keyed(connectionStates, count)
  .partial()
  .meta({ id: "ConnectionStates", description: "A state that is missing has none" });

const hostShape = {
  hostId: id,
  hostName: z.string(),
  atMs: moment,
  stale: z.boolean().meta({ description: "Not heard lately" }),
  connections: count.meta({ description: "TCP sockets that do not only listen" }),
  tcp,
  udp: count,
  remotes: count.meta({ description: "Different remote addresses" }),
  halfOpenRemotes: count,
  triedRemotes: count,
};
const host = z.object(hostShape).meta({ id: "HostConnections" });

export const fleetConnectionsSchema = z
  .object({
    hosts: count.meta({ description: "Heard lately; only these are counted" }),
    silent: count,
    connections: count,
    tcp,
    udp: count,
    mostConnections: z.array(host),
    mostHalfOpen: z.array(host),
  })
  .meta({ id: "FleetConnections" });

const remote = z
  .object({ remote: z.string(), states, ports: count })
  .meta({ id: "RemoteConnections", description: "An address or a prefix" });

const sample = z
  .object({
    atMs: moment.meta({ description: "By the host's clock" }),
    tcp,
    udp: count,
    ports: z.array(
      z
        .object({
          transport: z.enum(["tcp", "udp"]),
          port,
          processes: z.array(z.string()),
          states,
          queue: z.object({ waiting: count, max: count }).nullable(),
        })
        .meta({ id: "PortConnections" }),
    ),
    remotes: z.array(remote),
    prefixes: z.array(remote),
    processes: z.array(z.object({ name: z.string(), pid: count, states }).meta({ id: "ProcessConnections" })),
    remoteCount: count,
    halfOpenRemotes: count,
    triedRemotes: count,
    counters: keyed(connectionCounters, z.number())
      .nullable()
      .meta({ description: "Of the kernel, since its start" }),
    conntrack: z.object({ count, max: count }).nullable(),
    ephemeral: z.object({ size: count, mostUsed: count }).nullable(),
  })
  .meta({ id: "ConnectionSample" });

export const hostConnectionsSchema = z
  .object({
    latest: z
      .object({ ...hostShape, sample })
      .meta({ id: "HostConnectionsDetail" })
      .nullable()
      .meta({ description: "null: this host has told none yet" }),
  })
  .meta({ id: "HostConnectionsAnswer" });

const means = z.array(z.number());
const known = z.array(z.number().nullable());
const top = z
  .object({ name: z.string(), mean: z.number(), most: z.number(), means })
  .meta({ id: "ConnectionTop", description: "One of the busiest, with its mean in each point" });

export const connectionHistorySchema = z
  .object({
    fromMs: moment,
    toMs: moment,
    pointMs: count.meta({ description: "How long a point is" }),
    moments: z.array(moment).meta({ description: "Start of each point; where nobody looked there is none" }),
    gauges: keyed(connectionGauges, z.object({ mean: means, most: means }).meta({ id: "ConnectionGauge" })),
    counters: keyed(connectionCounters, known).meta({ description: "How often in each point" }),
    fills: keyed(connectionFills, known).meta({ description: "The fullest in each point, 0 to 1" }),
    tops: keyed(connectionTopKinds, z.array(top))
      .extend({ pointMs: count, moments: z.array(moment) })
      .meta({ id: "ConnectionTops" }),
  })
  .meta({ id: "ConnectionHistory" });
