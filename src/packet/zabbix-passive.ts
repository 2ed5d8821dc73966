// What: passive checks: the server asks for items, the agent answers with values.
// Idea: both forms come to one list of keys, and the answer goes back in the form of the question.
// Trap: a server from 7.0 on asks in JSON first, and takes anything but JSON for an agent of old; one up to 6.4 would take
//   JSON for the value. The reason of an item that is not supported stands behind a zero byte. `version` tells the server
//   which form to ask in from then on: one below 7.0 means plain keys, so it is the protocol's, not ours.
// Source: Zabbix manual 6.0 and 7.0, "Passive and active agent checks"; zabbix/zabbix src/libs/zbxagentget/agentget.c.

import type { Parsed } from "../base/parsed.ts";
import { cutText } from "../base/text.ts";
import { zabbixFrame } from "./zabbix-frame.ts";

/** What an item comes to: its value, or why there is none. */
export type ItemValue = { readonly value: string } | { readonly unsupported: string };

export interface PassiveRequest {
  /** `json`: from 7.0 on. */
  readonly form: "key" | "json";
  readonly keys: readonly string[];
  /** The shortest that the server grants, in milliseconds; null where it says nothing. */
  readonly timeoutMs: number | null;
}

/** Servers ask for one. */
export const keysPerRequestMax = 10;
/** The longest time that Zabbix lets anyone set. */
const timeoutSecondsMax = 600;
/** The first version that speaks JSON; `variant` 1: as Zabbix agent, not as agent 2. */
const spoken = { version: "7.0.0", variant: 1 } as const;
/** A server reads a reason into 2,048 bytes, and takes a longer one for a broken answer. */
const reasonCharactersMax = 500;

const utf8 = new TextDecoder();
const openingBrace = 0x7b;

/** Reads a message, out of its frame or bare. No key begins with a brace. */
export function readPassiveRequest(data: Uint8Array): Parsed<PassiveRequest> {
  if (data.length === 0) return { problem: "is empty", at: 0 };
  if (data[0] === openingBrace) return readJson(utf8.decode(data));
  const key = utf8.decode(data).replace(/\r?\n?$/, "");
  return { value: { form: "key", keys: [key], timeoutMs: null } };
}

function readJson(text: string): Parsed<PassiveRequest> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { problem: "is no JSON", at: 0 };
  }
  const { request, data } = body as { readonly request?: unknown; readonly data?: unknown };
  if (request !== "passive checks") return { problem: "asks for something other than passive checks", at: 0 };
  if (!Array.isArray(data) || data.length === 0 || data.length > keysPerRequestMax)
    return { problem: `needs 1 to ${keysPerRequestMax} keys`, at: 0 };
  const keys: string[] = [];
  let timeoutMs: number | null = null;
  for (const item of data as readonly unknown[]) {
    const { key, timeout } = (item ?? {}) as { readonly key?: unknown; readonly timeout?: unknown };
    if (typeof key !== "string") return { problem: "has an item without a key", at: 0 };
    keys.push(key);
    const asked = timeoutOf(timeout);
    if (asked !== null) timeoutMs = Math.min(asked, timeoutMs ?? asked);
  }
  return { value: { form: "json", keys, timeoutMs } };
}

/** `3`, `"3"` or `"3s"` in milliseconds. */
function timeoutOf(timeout: unknown): number | null {
  const seconds = typeof timeout === "string" ? Number(timeout.replace(/s$/, "")) : timeout;
  return typeof seconds === "number" && seconds > 0 && seconds <= timeoutSecondsMax ? seconds * 1_000 : null;
}

/** The framed answer: one value for each key, in their order. */
export function passiveAnswer(form: PassiveRequest["form"], values: readonly ItemValue[]): Uint8Array {
  if (form === "key") return zabbixFrame(plainText(values[0] ?? { unsupported: "no key was asked for" }));
  const data = values.map((item) =>
    "value" in item ? { value: item.value } : { error: reasonOf(item.unsupported) },
  );
  return zabbixFrame(JSON.stringify({ ...spoken, data }));
}

/** The framed answer to what is no request: each form of server takes it for an item that is not supported. */
export function passiveRefusal(problem: string): Uint8Array {
  return zabbixFrame(plainText({ unsupported: problem }));
}

const plainText = (item: ItemValue): string =>
  "value" in item ? item.value : `ZBX_NOTSUPPORTED\0${reasonOf(item.unsupported)}`;

const reasonOf = (text: string): string => cutText(text.replaceAll("\0", "\\0"), reasonCharactersMax, "…");
