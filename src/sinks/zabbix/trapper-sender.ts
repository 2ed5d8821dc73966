// What: carries values to a Zabbix server's or proxy's trapper, one request at a time.
// Idea: the queue decides; here is a timer and a connection.
// Trap: nobody waits for the trapper: values are offered, and what becomes of them stands in the counters.
// Source: Zabbix manual, "Zabbix sender protocol".

import { connect } from "node:net";
import type { Clock } from "../../base/clock.ts";
import { showable } from "../../base/text.ts";
import { FrameReader, zabbixFrame, type FrameReading } from "../../packet/zabbix-frame.ts";
import { readSenderAnswer, senderRequest, type SenderAnswer } from "../../packet/zabbix-sender.ts";
import {
  trapperDefaults,
  TrapperQueue,
  type TrapperBatch,
  type TrapperCounters,
  type TrapperHappening,
  type TrapperLimits,
  type TrapperOutcome,
  type TrapperValue,
} from "./trapper-queue.ts";

/** From the first packet to the answer. */
const exchangeMsMax = 10_000;
/** The answer is one sentence. */
const answerBytesMax = 64 * 1024;

interface TrapperSenderOptions {
  /** Name or address, and 10051 where nobody chose otherwise. */
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly limits?: Partial<TrapperLimits>;
  /** A sentence for the log: when the server goes away, comes back, refuses an item. */
  report(sentence: string): void;
}

export interface TrapperSender extends Pick<TrapperQueue, "isAway" | "refusedItems" | "waitsFor"> {
  readonly waiting: number;
  readonly counters: Readonly<TrapperCounters>;
  /** Takes a value over. Never waits, never throws. */
  offer(value: TrapperValue): void;
  /** Lets the request under way end (10 s at most) and stops; what still waits is lost. */
  close(): Promise<void>;
}

export function openTrapperSender(options: TrapperSenderOptions): TrapperSender {
  const { host, port, clock, report } = options;
  const server = `the Zabbix server ${host}:${port}`;
  const queue = new TrapperQueue({ ...trapperDefaults, ...options.limits });
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | null = null;
  let isClosed = false;

  const sentenceOf = (happening: TrapperHappening, batch: TrapperBatch, answer: SenderAnswer): string => {
    if (happening === "came-back") return `${server} takes values again`;
    const [value] = batch.values;
    if (happening === "item-refused")
      return `${server} has no trapper item ${showable(`${value?.key} of ${value?.host}`)} yet; its values wait`;
    const why = answer.understood ? "it counted other values than were sent" : showable(answer.problem);
    return `${server} takes no values, they wait: ${why}`;
  };

  const send = async (batch: TrapperBatch): Promise<void> => {
    const nowMs = clock.nowMs();
    const text = senderRequest(batch.values, Math.floor(nowMs / 1_000), (nowMs % 1_000) * 1_000_000);
    const answer = await exchange(host, port, zabbixFrame(text));
    for (const happening of queue.settle(batch, outcomeOf(answer), clock.monotonicMs()))
      report(sentenceOf(happening, batch, answer));
  };

  const pump = (): void => {
    clearTimeout(timer);
    if (underWay !== null || isClosed) return;
    const batch = queue.next(clock.monotonicMs());
    if (batch !== undefined) {
      underWay = send(batch).finally(() => {
        underWay = null;
        pump();
      });
      return;
    }
    const waitMs = queue.waitMs(clock.monotonicMs());
    if (waitMs !== null) timer = setTimeout(pump, waitMs);
  };

  return {
    get waiting() {
      return queue.waiting;
    },
    get isAway() {
      return queue.isAway;
    },
    get refusedItems() {
      return queue.refusedItems;
    },
    counters: queue.counters,
    waitsFor: (item) => queue.waitsFor(item),
    offer(value) {
      queue.offer(value, clock.monotonicMs());
      pump();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

const outcomeOf = (answer: SenderAnswer): TrapperOutcome =>
  answer.understood
    ? { kind: "counted", processed: answer.processed, failed: answer.failed }
    : { kind: "away" };

/** Sends one frame and reads one. Never rejects. */
function exchange(host: string, port: number, frame: Uint8Array): Promise<SenderAnswer> {
  return new Promise((resolve) => {
    const reader = new FrameReader({ bytesMax: answerBytesMax, bareLine: false });
    const socket = connect({ host, port, noDelay: true });
    const fail = (problem: string): void => end({ understood: false, problem });
    const deadline = setTimeout(() => fail(`no answer within ${exchangeMsMax} ms`), exchangeMsMax);
    const end = (answer: SenderAnswer): void => {
      clearTimeout(deadline);
      resolve(answer);
      socket.destroy();
    };
    const settle = (reading: FrameReading): void => {
      if (reading.state === "complete") end(readSenderAnswer(reading.data));
      else if (reading.state === "refused") fail(reading.problem);
    };
    socket.on("connect", () => socket.write(frame));
    socket.on("data", (chunk) => settle(reader.push(chunk)));
    socket.on("end", () => settle(reader.end()));
    socket.on("error", (error) => fail(error.message));
  });
}
