// What: answers Zabbix's passive checks, as an agent does, on a port of its own.
// Idea: one request, one answer, one connection, each with an end by the clock: whoever says nothing, or goes on and on,
//   costs a place for seconds.
// Trap: servers end their side before the answer comes, so ours must stay open then. A socket that is destroyed with
//   bytes unread resets the connection, and the answer with it: after the answer, bytes are read and forgotten.
// Source: Zabbix manual, "Passive and active agent checks".

import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Cidr } from "../../base/cidr.ts";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import { FrameReader, messageBytesMax, type FrameReading } from "../../packet/zabbix-frame.ts";
import { parseItemKey } from "../../packet/zabbix-key.ts";
import {
  passiveAnswer,
  passiveRefusal,
  readPassiveRequest,
  type ItemValue,
  type PassiveRequest,
} from "../../packet/zabbix-passive.ts";
import { isAllowed } from "./allow-list.ts";

/** The value of an item. What it throws becomes the reason of an item that is not supported. */
export type ItemProvider = (name: string, parameters: readonly string[]) => Promise<ItemValue>;

export const passiveListenerDefaults = {
  /** Connections at one time: as many items as a poller of a server from 7.0 on asks for at once. */
  connectionsMax: 1_000,
  /** For a request to come, and for an answer to be fetched. */
  transferMs: 5_000,
  /** For a value, where the server grants no time of its own: less than the 3 s that it waits by default. */
  valueMs: 2_500,
  /** For a value, whatever the server grants. */
  valueMsMax: 30_000,
  /** Of a request. Servers ask for one key; so 64 MiB wait at most, all connections together. */
  requestBytesMax: 64 * 1024,
} as const;

/** Of the time that a server grants: the rest is for the way. An answer that comes too late makes a host unreachable. */
const grantedShare = 0.8;

type PassiveListenerLimits = Readonly<Record<keyof typeof passiveListenerDefaults, number>>;

interface PassiveListenerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Who may ask; nobody where it is empty. */
  readonly allow: readonly Cidr[];
  readonly provide: ItemProvider;
  readonly limits?: Partial<PassiveListenerLimits>;
}

/** What happened to connections since the start. */
export interface PassiveCounters {
  answered: number;
  /** From an address that is not on the list. */
  forbidden: number;
  /** Beyond `connectionsMax`. */
  dropped: number;
  /** Bytes that are no request. */
  malformed: number;
  /** No whole request in time, or the connection ended before it. */
  unfinished: number;
}

export interface PassiveListener {
  readonly host: string;
  readonly port: number;
  readonly counters: Readonly<PassiveCounters>;
  /** The address that was refused last: a server that is missing on the list, most often. */
  readonly lastForbidden: string | null;
  /** Ends connections too. */
  close(): Promise<void>;
}

/** Listens; throws where the address or port cannot be had. Foreign bytes never make it throw afterwards. */
export async function openPassiveListener(options: PassiveListenerOptions): Promise<PassiveListener> {
  const limits = { ...passiveListenerDefaults, ...options.limits };
  const counters = { answered: 0, forbidden: 0, dropped: 0, malformed: 0, unfinished: 0 };
  const sockets = new Set<Socket>();
  let lastForbidden: string | null = null;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A reset by the peer; `close` follows.
    socket.on("error", () => socket.destroy());
    if (isAllowed(options.allow, socket.remoteAddress)) return converse(socket, options, limits, counters);
    counters.forbidden += 1;
    lastForbidden = socket.remoteAddress ?? lastForbidden;
    socket.destroy();
  });
  server.maxConnections = limits.connectionsMax;
  server.on("drop", () => (counters.dropped += 1));
  await listening(server, options.host, options.port);
  const { address, port } = server.address() as AddressInfo;
  return {
    host: address,
    port,
    counters,
    get lastForbidden() {
      return lastForbidden;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        new PortolanError(
          taken ? "conflict" : "unavailable",
          `cannot answer Zabbix on ${host} port ${port}: ${taken ? "the port is taken" : error.message}`,
          { hint: "Choose another address or port for Zabbix's passive checks.", cause: error },
        ),
      );
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.removeAllListeners("error");
      // Of one connection that could not be taken: too many open files. The next one may be.
      server.on("error", () => undefined);
      resolve();
    });
  });
}

/** Reads one request, answers it, and sees the connection out. */
function converse(
  socket: Socket,
  options: PassiveListenerOptions,
  limits: PassiveListenerLimits,
  counters: PassiveCounters,
): void {
  const reader = new FrameReader({ bytesMax: limits.requestBytesMax, bareLine: true });
  let isRead = false;
  let deadline = setTimeout(() => socket.destroy(), limits.transferMs);
  socket.on("close", () => {
    clearTimeout(deadline);
    if (!isRead) counters.unfinished += 1;
  });
  const finish = (answer: Uint8Array): void => {
    clearTimeout(deadline);
    deadline = setTimeout(() => socket.destroy(), limits.transferMs);
    socket.end(answer);
  };
  const settle = (reading: FrameReading): void => {
    if (isRead || reading.state === "incomplete") return;
    isRead = true;
    clearTimeout(deadline);
    if (reading.state === "refused") {
      counters.malformed += 1;
      socket.destroy();
      return;
    }
    const request = readPassiveRequest(reading.data);
    if ("problem" in request) {
      counters.malformed += 1;
      finish(passiveRefusal(`The request ${request.problem}.`));
      return;
    }
    void answerTo(request.value, options, limits).then((answer) => {
      counters.answered += 1;
      if (!socket.destroyed) finish(answer);
    });
  };
  socket.on("data", (chunk) => settle(reader.push(chunk)));
  socket.on("end", () => settle(reader.end()));
}

async function answerTo(
  { form, keys, timeoutMs }: PassiveRequest,
  { provide }: PassiveListenerOptions,
  limits: PassiveListenerLimits,
): Promise<Uint8Array> {
  const grantedMs = timeoutMs === null ? limits.valueMs : timeoutMs * grantedShare;
  const valueMs = Math.min(grantedMs, limits.valueMsMax);
  const values = await Promise.all(keys.map((key) => valueOf(key, provide, valueMs)));
  const tooLong = passiveRefusal("The answer is too long.");
  // Judged before it is written, too: a text that no string can hold would throw.
  const characters = values.reduce((sum, item) => sum + textOf(item).length, 0);
  if (characters > messageBytesMax) return tooLong;
  const answer = passiveAnswer(form, values);
  return answer.length <= messageBytesMax ? answer : tooLong;
}

const textOf = (item: ItemValue): string => ("value" in item ? item.value : item.unsupported);

/** Never rejects. */
async function valueOf(key: string, provide: ItemProvider, valueMs: number): Promise<ItemValue> {
  const parsed = parseItemKey(key);
  if ("problem" in parsed) return { unsupported: `The item key ${parsed.problem}.` };
  const late = Promise.withResolvers<ItemValue>();
  const timer = setTimeout(() => late.resolve({ unsupported: `No value within ${valueMs} ms.` }), valueMs);
  try {
    return await Promise.race([provide(parsed.value.name, parsed.value.parameters), late.promise]);
  } catch (error) {
    return { unsupported: showable(error instanceof Error ? error.message : String(error)) };
  } finally {
    clearTimeout(timer);
  }
}
