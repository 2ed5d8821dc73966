import { extname } from "node:path";
import { PortolanError } from "../base/errors.ts";
import { newId } from "../base/id.ts";
import type { IntakeAnswer } from "../model/intake.ts";
import { backupStore } from "../store/backup.ts";
import { freeBytes, prepareDataFolder } from "../store/data-folder.ts";
import { lockFolder } from "../store/folder-lock.ts";
import { embeddedStore, type StoreLocation } from "../store/location.ts";
import { prepareStore } from "../store/prepare.ts";
import type { EventCounts } from "../store/rows.ts";
import { accountBook } from "./accounts.ts";
import type { Application, ApplicationOptions, Reading } from "./application.ts";
import { blockBook } from "./block-book.ts";
import { changeFeed, type ChangeFeed } from "./change-feed.ts";
import type { Commands } from "./commands.ts";
import { judgeHealth } from "./health.ts";
import { scanBook } from "./scan-book.ts";
import { startHousekeeping } from "./housekeeper.ts";
import type { Ingested } from "./ingest.ts";
import { intakeTally } from "./intake-tally.ts";
import { lentMemory } from "./lent-memory.ts";
import type { Questions } from "./questions.ts";
import { newSecret, secretHash, tokenPrefix } from "./secrets.ts";
import { settingsDefaults, type Settings } from "./settings.ts";
import { startThread, threadOnDemand, type Thread } from "./thread.ts";
import type { HealthCheck } from "./views.ts";

/** Writes that may wait: past it a caller is told to come back, before memory is full of batches. */
export const writesWaitingMax = 500;
export const readsWaitingMax = 1_000;
const writerHeapMb = 512;
const readerHeapMb = 256;

/** The settings that hold now. */
interface Held {
  now: Settings;
}

/** Threads: one writes, one answers lists, one answers what every request needs, so that no slow list delays a login. */
interface Threads {
  readonly writing: Thread<Commands>;
  readonly reading: Thread<Questions>;
  readonly quick: Thread<Questions>;
}

/** Refuses within 2 s, with the reason and the mend, when the folder, the file or the SQLite library is not fit. */
export async function openApplication(options: ApplicationOptions): Promise<Application> {
  prepareDataFolder(options.dataFolder);
  const lock = lockFolder(options.dataFolder);
  try {
    const location = embeddedStore(options.dataFolder);
    const prepared = prepareStore(location);
    const settings = { now: options.settings ?? settingsDefaults };
    const threads = await openThreads(options, location, settings).finally(() => prepared.close());
    return application(options, location, settings, threads, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openThreads(
  { clock, report }: ApplicationOptions,
  location: StoreLocation,
  settings: Held,
): Promise<Threads> {
  const file = (name: string): URL => new URL(`./${name}-thread${extname(import.meta.url)}`, import.meta.url);
  const common = { data: () => ({ location, settings: settings.now }), clock, report };
  const writer = {
    ...common,
    name: "writer",
    file: file("write"),
    callsMax: writesWaitingMax,
    heapMaxMb: writerHeapMb,
  };
  const reader = { ...common, file: file("read"), callsMax: readsWaitingMax, heapMaxMb: readerHeapMb };
  const writing = await startThread<Commands>(writer);
  try {
    await writing.call("rowsWritten", null);
  } catch (error) {
    await writing.close();
    throw error;
  }
  // Started by the first question: nothing that must be done before the server listens is asked of them.
  const reading = threadOnDemand<Questions>({ ...reader, name: "list reader" });
  return { writing, reading, quick: threadOnDemand<Questions>({ ...reader, name: "quick reader" }) };
}

function application(
  options: ApplicationOptions,
  location: StoreLocation,
  settings: Held,
  { writing, reading, quick }: Threads,
  release: () => void,
): Application {
  const { clock, dataFolder, version } = options;
  const feed = changeFeed(clock.nowMs());
  const trouble = troubleOf(options);
  const memory = lentMemory();
  const raised = new Map<HealthCheck["name"], HealthCheck>();
  const tally = intakeTally();
  const startedAtMs = Math.round(clock.nowMs() - process.uptime() * 1_000);
  const housekeeping = startHousekeeping(writing, options.report);
  const deliver = async (
    body: Uint8Array,
    store: (shared: Uint8Array) => Promise<Ingested>,
  ): Promise<IntakeAnswer> => {
    const ingested = await tally.batch(
      "looks",
      memory.lend(body, (shared) => trouble.watch(store(shared))),
    );
    tally.addEvents(ingested.kinds);
    const { answer, ...told } = ingested;
    announce(feed, clock.nowMs(), { ...told, events: answer.events });
    return answer;
  };
  return {
    version,
    feed,
    read: readingOf(reading, quick),
    accounts: accountBook({ writing, reading: quick, clock, feed, session: () => settings.now.session }),
    ingest: ({ hostId, body }) => deliver(body, (shared) => writing.call("ingest", { hostId, body: shared })),
    async takeConnections({ hostId, body }) {
      const taken = await tally.batch(
        "connections",
        memory.lend(body, (shared) =>
          trouble.watch(writing.call("takeConnections", { hostId, body: shared })),
        ),
      );
      tally.addEvents(taken.kinds);
      announce(feed, clock.nowMs(), taken);
      return taken.answer;
    },
    async acceptVerdict(actor, hostId, kind) {
      const kinds = await writing.call("acceptVerdict", { actor, hostId, kind });
      tally.addEvents(kinds);
      announce(feed, clock.nowMs(), { hostId, events: kinds["trouble-over"], kinds });
    },
    blocks: blockBook({ writing, reading: quick, clock, neverBlock: () => settings.now.agent.neverBlock }),
    scans: scanBook({
      writing,
      scope: () => settings.now.scan,
      changed: (hostIds, kinds) => {
        tally.addEvents(kinds);
        feed.publish({ kind: "change", atMs: clock.nowMs(), kinds, hostIds });
      },
      scanned: () => feed.publish({ kind: "scan", atMs: clock.nowMs() }),
      ingest: ({ node, body }) =>
        deliver(body, (shared) => writing.call("ingestOutside", { node, body: shared })),
    }),
    async enrol(actor, identity) {
      const tokenSecret = newSecret(tokenPrefix);
      const hostId = await writing.call("enrol", {
        actor,
        identity,
        secretHash: secretHash(tokenSecret),
        hostId: newId(),
        tokenId: newId(),
      });
      return { hostId, tokenSecret };
    },
    async reconfigure(next) {
      settings.now = next;
      await writing.call("configure", next);
    },
    raiseHealth(check) {
      raised.set(check.name, check);
      feed.publish({ kind: "health", atMs: clock.nowMs() });
    },
    health: async () =>
      judgeHealth({
        raised: [...raised.values()],
        writing,
        reading: quick,
        storeFailure: trouble.last(),
        freeBytes: freeBytes(dataFolder),
        blind: await reading.call("blindSpots", null).catch(() => []),
      }),
    ready: async () =>
      writing.alive &&
      reading.alive &&
      quick.alive &&
      (await Promise.all([reading.opened(), quick.call("anyUser", null)]).then(
        () => true,
        () => false,
      )),
    metrics: async (format) =>
      reading.call("metrics", {
        format,
        settings: settings.now.metrics,
        own: {
          version,
          startedAtMs,
          batches: tally.batches,
          events: tally.events,
          rowsWritten: await writing.call("rowsWritten", null).catch(() => null),
        },
      }),
    rowsWritten: () => writing.call("rowsWritten", null),
    backup: (path) => backupStore(location, path),
    async close() {
      await housekeeping.stop();
      await Promise.all([reading.close(), quick.close()]);
      await writing.close();
      release();
    },
  };
}

/** Lists go to one thread, single rows to the other. */
function readingOf(lists: Thread<Questions>, quick: Thread<Questions>): Reading {
  return {
    ports: (query) => lists.call("ports", query),
    portFacets: (filter) => lists.call("portFacets", filter),
    port: (id) => quick.call("port", id),
    events: (query) => lists.call("events", query),
    eventHistogram: (query) => lists.call("eventHistogram", query),
    hosts: (query) => lists.call("hosts", query),
    host: (id) => quick.call("host", id),
    overview: () => lists.call("overview", null),
    scanPlans: () => quick.call("scanPlans", null),
    scanRuns: (query) => quick.call("scanRuns", query),
    scanRun: (id) => quick.call("scanRun", id),
    connections: () => lists.call("fleetConnections", null),
    connectionHosts: () => lists.call("connectionHosts", null),
    connectionsOfHost: (id) => quick.call("connectionsOfHost", id),
    connectionHistory: (query) => lists.call("connectionHistory", query),
    scrapeTargets: (query) => lists.call("scrapeTargets", query),
    findings: () => lists.call("fleetFindings", null),
    findingsOfHost: (id) => quick.call("findingsOfHost", id),
  };
}

interface Announced {
  readonly hostId: string | null;
  readonly events: number;
  readonly kinds: EventCounts;
}

function announce(feed: ChangeFeed, atMs: number, { hostId, events, kinds }: Announced): void {
  if (events > 0 && hostId !== null) feed.publish({ kind: "change", atMs, kinds, hostIds: [hostId] });
}

/** The last failure of the store itself, until something succeeds again. */
function troubleOf({ clock, report }: ApplicationOptions) {
  let last: { readonly atMs: number; readonly reason: string } | null = null;
  return {
    last: () => last,
    async watch<T>(work: Promise<T>): Promise<T> {
      try {
        const result = await work;
        last = null;
        return result;
      } catch (error) {
        const reason = error instanceof PortolanError ? error.details["reason"] : undefined;
        if (error instanceof PortolanError && (error.code === "unavailable" || error.code === "internal")) {
          if (last === null) report("error", error.message, { reason });
          last ??= { atMs: clock.nowMs(), reason: typeof reason === "string" ? reason : error.code };
        }
        throw error;
      }
    },
  };
}
