import type { RequestOptions } from "node:http";
import { exchange } from "../agent/exchange.ts";
import { PortolanError, consequences } from "../base/errors.ts";
import type { ErrorCode } from "../base/errors.ts";
import type { Say } from "./language/language.ts";

const exchangeLimits = { timeoutMs: 30_000, answerBytesMax: 64 * 1024 * 1024 };

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The HTTP API, wherever it is served. Refusals become `PortolanError` with the server's own sentence. */
export interface ApiClient {
  get(path: string, query?: Query): Promise<unknown>;
  send(method: "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<unknown>;
  /** Server's clock minus ours, judged by the last answer's Date header (whole seconds); null before one. */
  skewMs(): number | null;
}

/** Where the API is: a URL with a token, or the control socket of a data folder. */
export type ApiAddress =
  | { readonly url: string; readonly token: string | null }
  | { readonly socketPath: string };

export function createApiClient(address: ApiAddress, say: Say): ApiClient {
  let skewMs: number | null = null;
  const name = "url" in address ? address.url : address.socketPath;
  const base = new URL("url" in address ? address.url : "http://localhost");
  // Not by `import`, which reads every export of node:http, among them those that load a second HTTP client.
  const { request: start } = process.getBuiltinModule(
    base.protocol === "https:" ? "node:https" : "node:http",
  );

  async function call(method: string, path: string, query: Query, body: unknown): Promise<unknown> {
    const url = new URL(`${base.pathname.replace(/\/+$/, "")}/api/v1${path}`, base);
    for (const [key, value] of Object.entries(query)) {
      for (const one of [value ?? []].flat()) url.searchParams.append(key, String(one));
    }
    const text = body === undefined ? undefined : JSON.stringify(body);
    const options: RequestOptions = {
      method,
      agent: false,
      headers: {
        accept: "application/json",
        ...("url" in address && address.token !== null ? { authorization: `Bearer ${address.token}` } : {}),
        ...(text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      },
      ...("socketPath" in address ? { socketPath: address.socketPath } : {}),
    };
    const answer = await exchange(() => start(url, options), text, exchangeLimits).catch((error: Error) => {
      throw new PortolanError(
        "unavailable",
        say("client.unreachable", { server: name, reason: error.message }),
        { cause: error },
      );
    });
    const date = Date.parse(answer.headers.date ?? "");
    if (!Number.isNaN(date)) skewMs = date + 500 - Date.now();
    return readAnswer(answer.status, answer.text, name, say);
  }

  return {
    get: (path, query = {}) => call("GET", path, query, undefined),
    send: (method, path, body) => call(method, path, {}, body),
    skewMs: () => skewMs,
  };
}

function readAnswer(status: number, text: string, server: string, say: Say): unknown {
  if (status === 204) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new PortolanError("unavailable", say("client.not-portolan", { server, status }));
  }
  if (status >= 200 && status < 300) return body;
  const { code, detail, title, hint } = (body ?? {}) as Partial<Record<string, unknown>>;
  const known = typeof code === "string" && code in consequences;
  if (!known) throw new PortolanError("unavailable", say("client.not-portolan", { server, status }));
  const said = [detail, title].find((part) => typeof part === "string");
  throw new PortolanError(
    code as ErrorCode,
    said ?? String(status),
    typeof hint === "string" ? { hint } : {},
  );
}
