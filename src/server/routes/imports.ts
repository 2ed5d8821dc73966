import { z } from "zod";
import { rangeSet } from "../../base/range-set.ts";
import { isId } from "../../base/id.ts";
import { isCanonicalAddress } from "../../base/ip.ts";
import { PortolanError } from "../../base/errors.ts";
import { transports } from "../../model/endpoint.ts";
import { importHostsMax } from "../../model/scan-import.ts";
import { callerOf } from "../caller.ts";
import { momentMax, text } from "../parameter.ts";
import { importAnswerSchema } from "../representation/scan.ts";
import { route } from "../route.ts";

const port = z.int().min(0).max(65_535);
const transport = z.enum(transports);
const vantageCharactersMax = 128;

const bodySchema = z.strictObject({
  runId: z.string().refine(isId, "is not a UUIDv7 in lower case"),
  vantage: text(vantageCharactersMax),
  endedAtMs: z.int().min(0).max(momentMax),
  asked: z
    .array(
      z.strictObject({
        transport,
        ports: z.array(z.strictObject({ first: port, last: port })).transform((ranges) => rangeSet(ranges)),
      }),
    )
    .max(transports.length)
    .nullable(),
  hosts: z
    .array(
      z.strictObject({
        address: z.string().refine(isCanonicalAddress, "is not an IP address in its canonical spelling"),
        open: z
          .array(z.strictObject({ transport, port }))
          .max(65_536 * transports.length)
          .refine(
            (open) => new Set(open.map((one) => `${one.transport} ${one.port}`)).size === open.length,
            "names a port twice",
          ),
      }),
    )
    .max(importHostsMax)
    .refine(
      (hosts) => new Set(hosts.map(({ address }) => address)).size === hosts.length,
      "names an address twice",
    ),
});

export const importRoutes = [
  route({
    method: "POST",
    url: "/api/v1/imports",
    access: "operate",
    name: "importScan",
    summary: "Take in what another scanner saw; the same part again changes nothing",
    rawBody: true,
    answer: importAnswerSchema,
    handle: async ({ server, request }) =>
      server.app.scans.importScan(callerOf(request).actor, readBody(request.body)),
  }),
];

/** Larger than other bodies, and so read by itself. */
function readBody(body: unknown): z.output<typeof bodySchema> {
  if (!Buffer.isBuffer(body)) throw new PortolanError("invalid", "The body is empty.");
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw new PortolanError("invalid", "The body is not JSON.", { cause: error });
  }
  const { data, error } = bodySchema.safeParse(value);
  if (data) return data;
  const [first] = error.issues;
  throw new PortolanError("invalid", `${first?.path.map(String).join(".")}: ${first?.message}`);
}
