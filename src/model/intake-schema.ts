import { z } from "zod";
import { isCanonicalAddress } from "../base/ip.ts";
import { hasUnsafeCharacters } from "../base/text.ts";
import { coverageAreasMax, coverageListMax, type PortRange, views } from "./coverage.ts";
import { bindingScope, bindingScopes, endpointKey, transports, tryParseEndpointKey } from "./endpoint.ts";
import {
  type IntakeBatch,
  intakeListenersMax,
  intakeProcessesPerListenerMax,
  sourceKinds,
} from "./intake.ts";
import {
  address,
  addressOrBlock,
  hostIdentity,
  id,
  mistakesMax,
  name,
  text,
  timeMs,
  understand,
  whole,
} from "./foreign-fields.ts";
import type { Listener } from "./listener.ts";
import { commandLineCharactersMax, nameCharactersMax } from "./process.ts";
import {
  containerIdPattern,
  createListenerCheck,
  interfacePattern,
  networkNamespacePattern,
  pathCharactersMax,
  pidMax,
  sentenceCharactersMax,
  socketsMax,
} from "./listener-check.ts";
import { portMax } from "./port-range.ts";

const limitsMax = 32;

const port = whole(portMax);
const networkNamespace = name.regex(networkNamespacePattern, "has white space").nullable();

const process = z.strictObject({
  pid: whole(pidMax),
  parentPid: whole(pidMax).nullable(),
  name: text(nameCharactersMax),
  executablePath: text(pathCharactersMax).nullable(),
  commandLine: text(commandLineCharactersMax).nullable(),
  startTimeMs: timeMs.nullable(),
  user: name.nullable(),
  unit: name.nullable(),
  containerId: z.string().regex(containerIdPattern, "is not 64 hex digits").nullable(),
});

/** One listener; what `createListenerCheck` has passed never comes here. */
export const listenerSchema: z.ZodType<Listener> = z
  .strictObject({
    transport: z.enum(transports),
    address,
    port,
    interface: name.regex(interfacePattern, "is no interface name").nullable(),
    networkNamespace,
    scope: z.enum(bindingScopes),
    sockets: whole(socketsMax).min(1),
    processes: z.array(process).max(intakeProcessesPerListenerMax),
    leaders: z.array(whole(pidMax)).max(intakeProcessesPerListenerMax),
    ownerUnknown: text(sentenceCharactersMax).min(1).nullable(),
  })
  .superRefine((value, context) => {
    const problem = problemOf(value);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  });

function problemOf({ address, scope, processes, leaders }: Listener): string | undefined {
  if (scope !== bindingScope(address)) return `has the scope ${scope}, but the address says otherwise`;
  const pids = processes.map(({ pid }) => pid);
  if (!isAscending(pids)) return "has processes that are not in the order of their pid, each once";
  if (!isAscending(leaders)) return "has leaders that are not in the order of their pid, each once";
  const holders = new Set(pids);
  return leaders.every((pid) => holders.has(pid)) ? undefined : "has a leader that is none of its processes";
}

const isAscending = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));

const coverageArea = z.strictObject({
  transport: z.enum(transports),
  addresses: z.union([z.literal("any"), z.array(addressOrBlock).max(coverageListMax)]),
  ports: z
    .array(z.strictObject({ first: port, last: port }))
    .max(portMax)
    .refine(isDisjoint, "is not sorted and disjoint"),
  networkNamespaces: z.union([z.literal("any"), z.array(networkNamespace).max(coverageListMax)]),
});

function readListeners(values: readonly unknown[], context: z.RefinementCtx): Listener[] {
  const isListener = createListenerCheck();
  const listeners: Listener[] = [];
  for (const [index, value] of values.entries()) {
    if (isListener(value)) {
      listeners.push(value);
      continue;
    }
    const { data, error } = listenerSchema.safeParse(value);
    if (data) listeners.push(data);
    for (const { path, message } of error?.issues ?? []) {
      context.addIssue({ code: "custom", path: [index, ...path], message });
    }
    if (context.issues.length > mistakesMax) break;
  }
  return listeners;
}

function isDisjoint(ranges: readonly PortRange[]): boolean {
  return ranges.every(
    ({ first, last }, index) => first <= last && (index === 0 || first > (ranges[index - 1]?.last ?? 0)),
  );
}

const look = z
  .strictObject({
    view: z.enum(views),
    vantage: name.nullable(),
    basis: z.enum(["full", "delta", "same"]),
    revision: whole(Number.MAX_SAFE_INTEGER),
    baseRevision: whole(Number.MAX_SAFE_INTEGER),
    startedAtMs: timeMs,
    endedAtMs: timeMs,
    coverage: z.array(coverageArea).max(coverageAreasMax),
    listeners: z.array(z.unknown()).max(intakeListenersMax).transform(readListeners),
    gone: z.array(z.string().refine(isKey, "is no endpoint key")).max(intakeListenersMax),
    limits: z.array(text(sentenceCharactersMax)).max(limitsMax),
  })
  .superRefine((value, context) => {
    const { basis, listeners, gone } = value;
    const refuse = (message: string): void => context.addIssue({ code: "custom", message });
    if (basis === "same" && (listeners.length > 0 || gone.length > 0))
      refuse("says same, yet names endpoints");
    if (basis === "full" && gone.length > 0) refuse("is full, so nothing can be gone from it");
    const keys = new Set([...listeners.map(endpointKey), ...gone]);
    if (keys.size !== listeners.length + gone.length) refuse("names an endpoint twice");
  });

function isKey(key: string): boolean {
  const endpoint = tryParseEndpointKey(key);
  return endpoint !== undefined && isCanonicalAddress(endpoint.address) && !hasUnsafeCharacters(key);
}

const intakeBatch = z.strictObject({
  batchId: id,
  runId: id,
  sequence: whole(Number.MAX_SAFE_INTEGER).min(1),
  source: z.strictObject({ kind: z.enum(sourceKinds), version: text(64) }),
  host: hostIdentity,
  look,
});

/** What the schema says a batch is; a test holds it equal to `IntakeBatch`. */
export type IntakeBatchOfSchema = z.infer<typeof intakeBatch>;

/** Parsed JSON to a batch, or `invalid` with the first mistakes. About 3 µs per listener. */
export const parseIntakeBatch = (value: unknown): IntakeBatch => understand(intakeBatch, value);
