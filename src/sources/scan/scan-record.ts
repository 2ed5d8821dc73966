// What: what a scan writes down every half second, so that another run can go on from there.
// Idea: lists of numbers with a name: of answers by their reason, and of hosts by their fate. A pair is written as its
//   place in the scan's order, where those of one moment stand side by side: an answer costs about two bits.
// Trap: a record that is read may be foreign: what does not fit is no record.

import { portReasons, type PortReason } from "../../model/port-state.ts";
import { readNumbers, varintReader, writeNumbers, writeVarint } from "./number-list.ts";
import { hostFates, type HostFate } from "./sweep.ts";

/** Where the scan stands, and what it has cost so far, all runs together. */
export interface ScanStanding {
  readonly pass: number;
  readonly cursor: number;
  readonly questions: number;
  readonly silences: number;
  readonly probes: number;
  readonly bytes: number;
  readonly answers: number;
  readonly drops: number;
  readonly refused: number;
  readonly elapsedMs: number;
}

const standingKeys = [
  "pass",
  "cursor",
  "questions",
  "silences",
  "probes",
  "bytes",
  "answers",
  "drops",
  "refused",
  "elapsedMs",
] as const satisfies readonly (keyof ScanStanding)[];

/** `late reset`: answers to a second try or a later one. */
export type AnswerList = PortReason | `late ${PortReason}`;
export type ListName = AnswerList | HostFate;

const nameBytesMax = 64;
const listsMax = 256;

/** The numbers of each list ascend. */
export function writeRecord(standing: ScanStanding, lists: ReadonlyMap<ListName, Uint32Array>): Uint8Array {
  const bytes: number[] = [];
  for (const key of standingKeys) writeVarint(bytes, Math.round(standing[key]));
  for (const [name, numbers] of lists) {
    const list: number[] = [];
    writeNumbers(list, numbers);
    writeVarint(bytes, name.length);
    for (const byte of Buffer.from(name, "latin1")) bytes.push(byte);
    writeVarint(bytes, list.length);
    for (const byte of list) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

export interface RecordVisitor {
  answer(place: number, reason: PortReason, isLate: boolean): void;
  host(host: number, fate: HostFate): void;
}

/** Undefined when it is no record of a scan of so many pairs and hosts. */
export function readRecord(
  bytes: Uint8Array,
  { pairs, hosts }: { readonly pairs: number; readonly hosts: number },
  visitor: RecordVisitor,
): ScanStanding | undefined {
  const reader = varintReader(bytes);
  const values = standingKeys.map(() => reader.next());
  if (values.some((value) => value === undefined)) return undefined;
  const standing = Object.fromEntries(
    standingKeys.map((key, index) => [key, values[index] ?? 0]),
  ) as unknown as ScanStanding;
  if (standing.cursor > pairs) return undefined;
  const take = (length: number | undefined): Uint8Array | undefined => {
    if (length === undefined || length > bytes.length - reader.at) return undefined;
    reader.at += length;
    return bytes.subarray(reader.at - length, reader.at);
  };
  for (let count = 0; reader.at < bytes.length; count += 1) {
    const name = take(reader.next());
    const list = take(reader.next());
    if (name === undefined || list === undefined || name.length > nameBytesMax || count >= listsMax)
      return undefined;
    const text = Buffer.from(name).toString("latin1");
    const fate = hostFates.find((each) => each === text);
    const isLate = text.startsWith("late ");
    const reason = portReasons.find((each) => each === (isLate ? text.slice("late ".length) : text));
    let isRead = false;
    if (fate !== undefined) isRead = readNumbers(list, hosts, (host) => visitor.host(host, fate));
    else if (reason !== undefined)
      isRead = readNumbers(list, pairs, (place) => visitor.answer(place, reason, isLate));
    if (!isRead) return undefined;
  }
  return standing;
}
