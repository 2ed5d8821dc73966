import { z } from "zod";
import { PortolanError } from "../base/errors.ts";
import { blockActions, blockWarnings, firewallNames, type BlockRefusal } from "./block.ts";
import { blockOutcomes, firewallProblems, orderWaitMsMax, ordersMax, type OrderPoll } from "./block-order.ts";
import { connectionStates } from "./connection-counts.ts";
import { connectionsMax } from "./connection-intake.ts";
import { address, addressOrBlock, id, name, text, understand, whole } from "./foreign-fields.ts";
import { sentenceCharactersMax } from "./listener-check.ts";
import { portMax } from "./port-range.ts";

/** 500 blocks, and 64 reports with what each would cut, fit into it. */
export const orderPollBytesMax = 2 * 1024 * 1024;
const blocksMax = 2_048;
const previewRowsMax = 100;
const leftMsMax = 2 * 86_400_000;
const factsMax = 16;

const sentence = text(sentenceCharactersMax);

/** A code with its figures: what it means is looked up where it is shown. */
const refusal = z
  .object({ code: z.string().regex(/^[a-z-]{1,40}$/) })
  .catchall(z.union([sentence, z.number(), z.array(sentence).max(factsMax)]))
  .transform((value) => value as unknown as BlockRefusal);

const preview = z.strictObject({
  connections: z
    .array(
      z.strictObject({
        remote: address,
        remotePort: whole(portMax),
        localPort: whole(portMax),
        state: z.enum(connectionStates),
        process: name.nullable(),
      }),
    )
    .max(previewRowsMax),
  connectionCount: whole(connectionsMax),
  knownGood: z.array(address).max(previewRowsMax),
  knownGoodCount: whole(connectionsMax),
  warnings: z.array(z.enum(blockWarnings)).max(factsMax),
});

const pollSchema: z.ZodType<OrderPoll> = z.strictObject({
  runId: id,
  blocking: z.strictObject({
    firewall: z.enum(firewallNames).nullable(),
    problem: z.enum(firewallProblems).nullable(),
    blocks: z
      .array(
        z.strictObject({
          target: addressOrBlock,
          action: z.enum(blockActions),
          leftMs: whole(leftMsMax),
          isOnProbation: z.boolean(),
        }),
      )
      .max(blocksMax),
  }),
  reports: z
    .array(
      z.strictObject({
        orderId: id,
        outcome: z.enum(blockOutcomes),
        refusal: refusal.nullable(),
        preview: preview.nullable(),
        message: sentence.nullable(),
        cut: z.boolean().nullable(),
      }),
    )
    .max(ordersMax),
  waitMs: whole(orderWaitMsMax),
});

/** What a host tells and asks; `invalid` with the first mistakes. */
export function readOrderPoll(body: Uint8Array): OrderPoll {
  if (body.length > orderPollBytesMax) {
    throw new PortolanError("invalid", `The body is longer than ${orderPollBytesMax} bytes.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new PortolanError("invalid", "The body is no JSON.", { cause });
  }
  return understand(pollSchema, value);
}
