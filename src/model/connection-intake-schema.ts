import { z } from "zod";
import { connectionStates } from "./connection-counts.ts";
import {
  connectionSamplesMax,
  connectionsMax,
  portProcessesMax,
  type ConnectionBatch,
} from "./connection-intake.ts";
import { connectionRowsMax } from "./connection-sample.ts";
import { addressOrBlock, hostIdentity, name, text, timeMs, understand, whole } from "./foreign-fields.ts";
import { pidMax } from "./listener-check.ts";
import { portMax } from "./port-range.ts";

const sockets = whole(connectionsMax);
const state = z.enum(connectionStates);
const states = z.partialRecord(state, sockets);
const since = whole(Number.MAX_SAFE_INTEGER);
const rows = <Row extends z.ZodType>(row: Row) => z.array(row).max(connectionRowsMax);

const remote = z.strictObject({ remote: addressOrBlock, states, ports: whole(portMax + 1) });

const sample = z.strictObject({
  atMs: timeMs,
  tcp: z.record(state, sockets),
  udp: sockets,
  ports: rows(
    z.strictObject({
      transport: z.enum(["tcp", "udp"]),
      port: whole(portMax),
      processes: z.array(name).max(portProcessesMax),
      states,
      queue: z.strictObject({ waiting: sockets, max: sockets }).nullable(),
    }),
  ),
  remotes: rows(remote),
  prefixes: rows(remote),
  processes: rows(z.strictObject({ name, pid: whole(pidMax), states })),
  remoteCount: sockets,
  halfOpenRemotes: sockets,
  triedRemotes: sockets,
  counters: z
    .strictObject({
      synCookiesSent: since,
      synCookiesReceived: since,
      synCookiesFailed: since,
      listenOverflows: since,
      listenDrops: since,
      passiveOpens: since.exactOptional(),
    })
    .nullable(),
  conntrack: z.strictObject({ count: sockets, max: sockets }).nullable(),
  ephemeral: z.strictObject({ size: whole(portMax + 1), mostUsed: sockets }).nullable(),
});

const batch = z
  .strictObject({
    source: z.strictObject({ kind: z.literal("agent"), version: text(64) }),
    host: hostIdentity,
    sentAtMs: timeMs,
    samples: z.array(sample).min(1).max(connectionSamplesMax),
  })
  .superRefine(({ sentAtMs, samples }, context) => {
    const inOrder = samples.every(({ atMs }, index) => atMs > (samples[index - 1]?.atMs ?? -1));
    if (!inOrder)
      context.addIssue({ code: "custom", path: ["samples"], message: "are not in the order of their time" });
    if ((samples.at(-1)?.atMs ?? 0) > sentAtMs)
      context.addIssue({ code: "custom", path: ["sentAtMs"], message: "is before the last sample" });
  });

/** What the schema says a batch is; a test holds it equal to `ConnectionBatch`. */
export type ConnectionBatchOfSchema = z.infer<typeof batch>;

/** Parsed JSON to a batch, or `invalid` with the first mistakes. */
export const parseConnectionBatch = (value: unknown): ConnectionBatch => understand(batch, value);
