import { z } from "zod";
import { blockingStates } from "../../app/host-blocks.ts";
import { blockActions, blockWarnings, firewallNames } from "../../model/block.ts";
import { blockDeedStates } from "../../model/block-deed.ts";
import { blockOutcomes, firewallProblems } from "../../model/block-order.ts";
import { connectionStates } from "../../model/connection-counts.ts";
import { count, id, moment } from "./scalar.ts";

const targetCharactersMax = 64;
const durationMsMax = 31 * 86_400_000;

const target = z.string().min(1).max(targetCharactersMax);

/** What may be blocked is decided where the reasons can be told: here only sizes are. */
export const blockWishSchema = z.strictObject({
  target,
  action: z.enum(blockActions).default("drop"),
  durationMs: z.int().min(0).max(durationMsMax),
  origin: z
    .enum(["operator", "verdict"])
    .default("operator")
    .meta({ description: "verdict: the target was taken from one, and its addresses may be forged" }),
  acceptedPeers: z
    .int()
    .min(0)
    .default(0)
    .meta({ description: "So many known addresses were shown in the preview, and may be cut" }),
});

export const liftSchema = z.strictObject({ target });

const refusal = z
  .object({ code: z.string() })
  .catchall(z.union([z.string(), z.number(), z.array(z.string())]))
  .meta({ id: "BlockRefusal", description: "A code, and figures that go with it" });

const preview = z
  .object({
    connections: z.array(
      z.object({
        remote: z.string(),
        remotePort: count,
        localPort: count,
        state: z.enum(connectionStates),
        process: z.string().nullable(),
      }),
    ),
    connectionCount: count.meta({ description: "All of them; the list has an end" }),
    knownGood: z.array(z.string()),
    knownGoodCount: count,
    warnings: z.array(z.enum(blockWarnings)),
  })
  .meta({ id: "BlockPreview" });

export const blockReportSchema = z
  .object({
    outcome: z.enum(blockOutcomes),
    refusal: refusal.nullable(),
    preview: preview.nullable(),
    message: z.string().nullable(),
  })
  .meta({ id: "BlockReport" });

export const blockDeedSchema = z
  .object({
    id,
    hostId: id,
    kind: z.enum(["block", "unblock"]),
    target: z.string(),
    request: z.object({ action: z.string(), durationMs: count }).nullable(),
    by: z.string(),
    createdAtMs: moment,
    state: z.enum(blockDeedStates),
    refusedBy: z.enum(["server", "host"]).nullable(),
    refusal: refusal.nullable(),
    message: z.string().nullable(),
    cut: z.boolean().nullable().meta({ description: "Whether what was connected was ended" }),
    connections: count.nullable(),
    endedAtMs: moment.nullable(),
  })
  .meta({ id: "BlockDeed" });

const hostBlocks = z
  .object({
    hostId: id,
    state: z.enum(blockingStates),
    firewall: z.enum(firewallNames).nullable(),
    problem: z.enum(firewallProblems).nullable(),
    blocks: z.array(
      z.object({
        target: z.string(),
        action: z.enum(blockActions),
        untilMs: moment,
        isOnProbation: z.boolean(),
        by: z.string().nullable(),
        sinceMs: moment.nullable(),
      }),
    ),
  })
  .meta({ id: "HostBlocks" });

export const hostBlocksSchema = z.object({ now: hostBlocks, deeds: z.array(blockDeedSchema) });
export const fleetBlocksSchema = z.object({ hosts: z.array(hostBlocks) });

const request = z.object({
  target: z.string(),
  action: z.string(),
  durationMs: z.number(),
  by: z.string(),
  origin: z.string(),
  acceptedPeers: z.number(),
});

export const ordersSchema = z.object({
  orders: z.array(
    z.union([
      z.object({
        id,
        kind: z.enum(["preview", "block"]),
        request,
        never: z.array(z.object({ target: z.string(), kind: z.string() })),
        knownGood: z.array(z.string()),
      }),
      z.object({ id, kind: z.literal("unblock"), target: z.string() }),
    ]),
  ),
});
