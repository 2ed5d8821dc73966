import type { RequestOptions } from "node:http";
import { gzipSync } from "node:zlib";
import { PortolanError } from "../base/errors.ts";
import type { ConnectionsTaken } from "../model/connection-intake.ts";
import type { IntakeAnswer } from "../model/intake.ts";
import { exchange } from "./exchange.ts";

/** Time for connection, request and answer together. */
export const answerTimeoutMs = 10_000;
/** Longest answer that is read; an intake answer is < 1 KiB. */
const answerBytesMax = 64 * 1024;
/** Below it compression costs more than it saves. */
export const gzipFromBytes = 4096;

/** What became of one batch, in terms of what to do next. */
export type Delivery<Answer = IntakeAnswer> =
  | { readonly outcome: "accepted"; readonly answer: Answer }
  /** The server does not hold what the batch builds on. */
  | { readonly outcome: "full-look-needed" }
  /** The server will never take this batch. */
  | { readonly outcome: "rejected"; readonly message: string }
  /** The token is wrong, expired or revoked: a person must act. */
  | { readonly outcome: "refused"; readonly message: string }
  /** Nobody answered, or the server asked to wait. */
  | { readonly outcome: "failed"; readonly message: string; readonly retryAfterMs: number | null };

export interface Uplink<Answer = IntakeAnswer> {
  /** One try. Never throws. */
  send(body: string): Promise<Delivery<Answer>>;
  close(): void;
}

/** Where batches of one kind go, and what answers them. */
interface Intake<Answer> {
  readonly path: string;
  readonly isAnswer: (body: unknown) => body is Answer;
}

/** The way of looks. */
export const createUplink = (serverUrl: string, token: string, timeoutMs?: number): Uplink =>
  openUplink(serverUrl, token, { path: "/api/v1/intake", isAnswer: isIntakeAnswer }, timeoutMs);

/** The way of samples of connections. */
export const createConnectionUplink = (serverUrl: string, token: string): Uplink<ConnectionsTaken> =>
  openUplink(serverUrl, token, { path: "/api/v1/intake/connections", isAnswer: isConnectionsTaken });

/**
 * The way to the server. Not `fetch`, and not `import` of `node:http`, which reads all its exports, among them those
 * that load a second HTTP client and WebSockets: either takes some 10 MB more in the agent's process. TLS is loaded
 * only for `https:`.
 */
function openUplink<Answer>(
  serverUrl: string,
  token: string,
  { path, isAnswer }: Intake<Answer>,
  timeoutMs = answerTimeoutMs,
): Uplink<Answer> {
  const url = apiUrl(serverUrl, path);
  const { Agent, request: start } = process.getBuiltinModule(
    url.protocol === "https:" ? "node:https" : "node:http",
  );
  const connections = new Agent({ keepAlive: true, maxSockets: 1 });

  return {
    async send(body) {
      const big = Buffer.byteLength(body) >= gzipFromBytes;
      // In this thread: a pool of four for one batch a minute would cost more memory than the agent's own code.
      const bytes = big ? gzipSync(body) : Buffer.from(body);
      const options: RequestOptions = {
        method: "POST",
        agent: connections,
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "content-length": bytes.length,
          ...(big ? { "content-encoding": "gzip" } : {}),
        },
      };
      try {
        const { status, headers, text } = await exchange(() => start(url, options), bytes, {
          timeoutMs,
          answerBytesMax,
        });
        return whatNext(status, text, headers["retry-after"], isAnswer);
      } catch (error) {
        return { outcome: "failed", message: (error as Error).message, retryAfterMs: null };
      }
    },
    close: () => connections.destroy(),
  };
}

/** A path in front of the API's own is kept, for servers behind a proxy. `invalid` for what is no http(s) URL. */
export function apiUrl(serverUrl: string, path: string): URL {
  let url: URL;
  try {
    url = new URL(serverUrl);
  } catch (cause) {
    throw new PortolanError("invalid", `server URL is not a URL: ${serverUrl}`, { cause });
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new PortolanError("invalid", `server URL must begin with http:// or https://: ${serverUrl}`);
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${path}`;
  url.search = "";
  url.hash = "";
  return url;
}

/** RFC 9457 body of a refusal, as far as it matters here. */
interface Problem {
  readonly detail?: unknown;
  readonly title?: unknown;
  readonly details?: { readonly reason?: unknown };
}

/** Turns a status and a body into what to do next with a look. */
export const readAnswer = (status: number, text: string, retryAfter: string | undefined): Delivery =>
  whatNext(status, text, retryAfter, isIntakeAnswer);

function whatNext<Answer>(
  status: number,
  text: string,
  retryAfter: string | undefined,
  isAnswer: Intake<Answer>["isAnswer"],
): Delivery<Answer> {
  const body = tryParse(text);
  if (status === 200 && isAnswer(body)) return { outcome: "accepted", answer: body };
  const problem = (typeof body === "object" && body !== null ? body : {}) as Problem;
  const said = [problem.detail, problem.title].find((part) => typeof part === "string");
  const message = `${status}${said === undefined ? "" : ` ${said}`}`;
  if (status === 401 || status === 403) return { outcome: "refused", message };
  if (status === 409 && problem.details?.reason === "full-look-needed")
    return { outcome: "full-look-needed" };
  if (status >= 400 && status < 500 && status !== 404 && status !== 408 && status !== 429) {
    return { outcome: "rejected", message };
  }
  const seconds = retryAfter === undefined ? Number.NaN : Number(retryAfter);
  return {
    outcome: "failed",
    message: `the server answered ${message}`,
    retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null,
  };
}

function isConnectionsTaken(body: unknown): body is ConnectionsTaken {
  return (
    typeof body === "object" &&
    body !== null &&
    typeof (body as Partial<ConnectionsTaken>).stored === "number"
  );
}

function isIntakeAnswer(body: unknown): body is IntakeAnswer {
  if (typeof body !== "object" || body === null) return false;
  const { batchId, lookAgainInMs } = body as Partial<Record<keyof IntakeAnswer, unknown>>;
  return typeof batchId === "string" && (lookAgainInMs === null || typeof lookAgainInMs === "number");
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
