import { PortolanError } from "../base/errors.ts";
import type { Change, ChangeFeed } from "../app/change-feed.ts";
import type { Limits } from "./limits.ts";

/** The writing side of one open answer; `http.ServerResponse` fits. */
export interface Sink {
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  readonly writableLength: number;
}

export interface Subscriber {
  readonly sink: Sink;
  /** Whose streams are counted together: a user or a token. */
  readonly owner: string;
  readonly sessionId: string | null;
  /** False once the session or token no longer holds or may no longer read. */
  readonly stillHolds: () => Promise<boolean>;
  /** From a `Last-Event-ID` header; null at the first connection. */
  readonly lastSeenId: number | null;
}

export interface ChangeStreams {
  /** Throws `unavailable` when there are too many. Returns the way out. */
  open(subscriber: Subscriber): () => void;
  readonly count: number;
  /** Cut because they read too slowly. */
  readonly cut: number;
  /** Ends every stream, so that the server can drain. */
  close(): void;
}

type Ended = "revoked" | "closing";

/**
 * Server-sent events (WHATWG HTML §9.2). A message is only a hint that something changed, never a row: nothing to
 * filter by role, nothing lost by a slow reader. Changes are told at most once per `gatherMs`, summed up.
 */
export function changeStreams(feed: ChangeFeed, limits: Limits): ChangeStreams {
  const open = new Set<Subscriber>();
  let cut = 0;
  let gathered: Gathered | null = null;
  let gathering: NodeJS.Timeout | undefined;

  const drop = (subscriber: Subscriber): void => {
    open.delete(subscriber);
  };
  const send = (subscriber: Subscriber, message: string): void => {
    if (subscriber.sink.writableLength + message.length > limits.streamBufferBytes) {
      cut += 1;
      drop(subscriber);
      subscriber.sink.destroy();
      return;
    }
    subscriber.sink.write(message);
  };
  const sendAll = (message: string): void => {
    for (const subscriber of open) send(subscriber, message);
  };
  const end = (subscriber: Subscriber, reason: Ended): void => {
    drop(subscriber);
    if (reason === "revoked") subscriber.sink.write(asMessage(feed.lastId, "session-ended", { reason }));
    subscriber.sink.end();
  };
  const flush = (): void => {
    gathering = undefined;
    if (gathered !== null) sendAll(asMessage(gathered.id, "change", asHint(gathered)));
    gathered = null;
  };

  const unsubscribe = feed.subscribe((change) => {
    if (change.kind === "session-ended") {
      for (const subscriber of open) if (isEnded(subscriber, change)) end(subscriber, "revoked");
    } else if (change.kind === "health" || change.kind === "scan") {
      sendAll(asMessage(change.id, change.kind, { at: change.atMs }));
    } else if (open.size > 0) {
      gathered = gather(gathered, change);
      gathering ??= setTimeout(flush, gatherMs);
    }
  });
  const heartbeat = setInterval(() => sendAll(": still here\n\n"), limits.heartbeatMs);
  const recheck = setInterval(() => {
    for (const subscriber of open) {
      subscriber.stillHolds().then(
        (holds) => {
          if (!holds && open.has(subscriber)) end(subscriber, "revoked");
        },
        // The store does not answer: nobody's right can be said to have ended.
        () => {},
      );
    }
  }, limits.recheckMs);
  heartbeat.unref();
  recheck.unref();

  return {
    open(subscriber) {
      const own = [...open].filter(({ owner }) => owner === subscriber.owner).length;
      if (open.size >= limits.streams || own >= limits.streamsPerCaller) {
        throw new PortolanError("unavailable", "Too many streams are open.", {
          details: {
            max: open.size >= limits.streams ? limits.streams : limits.streamsPerCaller,
            retryAfterMs: 10_000,
          },
        });
      }
      open.add(subscriber);
      const missed = subscriber.lastSeenId === null ? 0 : feed.missedSince(subscriber.lastSeenId);
      send(subscriber, `retry: 3000\n${asMessage(feed.lastId, "hello", { missed })}`);
      if (missed !== 0) send(subscriber, asMessage(feed.lastId, "change", missedHint(missed)));
      return () => drop(subscriber);
    },
    get count() {
      return open.size;
    },
    get cut() {
      return cut;
    },
    close() {
      unsubscribe();
      clearInterval(heartbeat);
      clearInterval(recheck);
      clearTimeout(gathering);
      for (const subscriber of open) end(subscriber, "closing");
    },
  };
}

/** A busy hour commits hundreds of batches a second; a page asks again at most so often anyway. */
const gatherMs = 100;
/** More hosts than that in one message say "many". */
export const hostIdsMax = 100;

interface Gathered {
  readonly id: number;
  readonly at: number;
  readonly kinds: Record<string, number>;
  readonly hostIds: Set<string>;
}

function gather(before: Gathered | null, change: Extract<Change, { kind: "change" }>): Gathered {
  const kinds = before?.kinds ?? {};
  for (const [kind, count] of Object.entries(change.kinds)) kinds[kind] = (kinds[kind] ?? 0) + count;
  const hostIds = before?.hostIds ?? new Set<string>();
  for (const hostId of change.hostIds) if (hostIds.size <= hostIdsMax) hostIds.add(hostId);
  return { id: change.id, at: change.atMs, kinds, hostIds };
}

function asHint({ kinds, hostIds, at }: Gathered): object {
  return { kinds, hostIds: [...hostIds].slice(0, hostIdsMax), moreHosts: hostIds.size > hostIdsMax, at };
}

/** `missed: null`: longer ago than remembered. */
function missedHint(missed: number | null): object {
  return { kinds: {}, hostIds: [], moreHosts: true, missed };
}

/** Data is JSON on one line: no value of it can end the message. */
function asMessage(id: number, event: string, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function isEnded(subscriber: Subscriber, change: Extract<Change, { kind: "session-ended" }>): boolean {
  if (subscriber.sessionId === null || subscriber.sessionId === change.exceptId) return false;
  if (change.sessionIds === "all") return subscriber.owner === `user:${change.userId}`;
  return change.sessionIds.includes(subscriber.sessionId);
}
