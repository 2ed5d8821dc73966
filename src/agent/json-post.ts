import type { Agent } from "node:http";
import { exchange } from "./exchange.ts";

interface Post {
  readonly url: URL;
  readonly token: string;
  readonly body: unknown;
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
  /** Keeps the connection; without it each request has its own. */
  readonly agent?: Agent;
}

/** One request with a body of JSON, as whoever has this token. Rejects with what went wrong on the way. */
export function postJson({ url, token, body, agent, ...limits }: Post): ReturnType<typeof exchange> {
  const { request } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
  const text = JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  };
  return exchange(() => request(url, { method: "POST", headers, ...(agent && { agent }) }), text, limits);
}
