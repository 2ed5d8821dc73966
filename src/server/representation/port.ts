import { z } from "zod";
import { portEventKinds } from "../../model/event.ts";
import { bindingScopes, transports } from "../../model/endpoint.ts";
import { views } from "../../model/coverage.ts";
import { count, id, moment, page, port } from "./scalar.ts";

export const processSchema = z
  .object({
    pid: z.int(),
    parentPid: z.int().nullable(),
    name: z.string(),
    executablePath: z.string().nullable(),
    commandLine: z.string().nullable(),
    startTimeMs: moment.nullable(),
    user: z.string().nullable(),
    unit: z.string().nullable(),
    containerId: z.string().nullable(),
  })
  .meta({
    id: "Process",
    description: "A process that holds a socket. Null: could not be read, or there is none.",
  });

export const ownerSchema = z
  .object({
    executable: z.string(),
    program: z.string().nullable(),
    user: z.string().nullable(),
    unit: z.string().nullable(),
    containerId: z.string().nullable(),
  })
  .meta({ id: "Owner", description: "Who stands behind an endpoint, in a form that survives a restart." });

export const endpointShape = {
  transport: z.enum(transports),
  address: z.string(),
  port,
  interface: z.string().nullable(),
  networkNamespace: z.string().nullable(),
};

export const portRowShape = {
  id,
  hostId: id,
  hostName: z.string(),
  view: z.enum(views),
  ...endpointShape,
  scope: z.enum(bindingScopes),
  state: z.enum(["up", "down"]),
  service: z.string().nullable().meta({ description: "IANA service name" }),
  process: z.string().nullable().meta({ description: "Label of the first owner" }),
  owners: z.array(ownerSchema),
  pids: z.array(z.int()),
  user: z.string().nullable(),
  unit: z.string().nullable(),
  containerId: z.string().nullable(),
  executablePath: z.string().nullable(),
  commandLine: z.string().nullable(),
  ownerUnknown: z.string().nullable().meta({ description: "Why the owner is not or not wholly known" }),
  sinceMs: moment,
  lastSeenMs: moment,
  firstSeenMs: moment,
  lastChangeMs: moment.nullable(),
  lastChangeKind: z.enum(portEventKinds).nullable(),
  highRisk: z
    .string()
    .nullable()
    .meta({ description: "Code of why this port is dangerous; null: not listed" }),
  elsewhere: z
    .array(
      z.object({
        id,
        view: z.enum(views),
        address: z.string(),
        process: z.string().nullable(),
        vantage: z.string().nullable(),
      }),
    )
    .meta({ description: "The same port of the same host as other views see it now" }),
  stale: z.boolean().meta({ description: "The host has not been heard of lately" }),
};

export const portRowSchema = z.object(portRowShape).meta({ id: "PortRow" });
export const portPageSchema = page(portRowSchema).meta({ id: "PortPage" });

export const portFacetsSchema = z
  .object({
    transport: z.partialRecord(z.enum(transports), count),
    scope: z.partialRecord(z.enum(bindingScopes), count),
    host: z.array(z.object({ id, name: z.string(), count })),
    process: z.array(z.object({ name: z.string(), count })),
    port: z.array(z.object({ port, count })),
  })
  .meta({
    id: "PortFacets",
    description: "How many ports a filter would leave; the 20 most common of each.",
  });

export const evidenceSchema = z
  .object({
    atMs: moment,
    kind: z.enum(["seen", "missed", "returned", "owner"]),
    source: z.object({ kind: z.string(), vantage: z.string().nullable() }),
    code: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: "Evidence", description: "One sighting or miss that a belief rests on." });

export const intervalSchema = z
  .object({
    fromMs: moment,
    toMs: moment.nullable(),
    state: z.enum(["up", "down"]),
    owners: z.array(ownerSchema),
  })
  .meta({ id: "Interval" });
