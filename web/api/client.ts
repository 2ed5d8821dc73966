import { QueryClient } from "@tanstack/react-query";
import type { Session } from "./shapes.ts";

/** A problem document (RFC 9457) of the server, or what stands for one when no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  /** What the refusal is about, as far as the server says it. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly path: string;

  constructor(path: string, status: number, problem: Record<string, unknown>) {
    super(text(problem["detail"]) ?? text(problem["title"]) ?? `HTTP ${status}`);
    this.name = "ApiError";
    this.path = path;
    this.status = status;
    this.code = text(problem["code"]) ?? (status === 0 ? "unreachable" : "internal");
    this.hint = text(problem["hint"]);
    this.requestId = text(problem["requestId"]);
    const details = problem["details"];
    this.details = typeof details === "object" && details !== null ? { ...details } : {};
  }
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Changes are told by the stream; a returning tab need not ask again for everything at once.
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && [0, 502, 503, 504].includes(error.status),
      retryDelay: (failures) => 400 * 2 ** failures,
    },
  },
});

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === "") continue;
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [String(value)])
      search.append(key, item);
  }
  const tail = search.size === 0 ? "" : `?${search}`;
  return `/api/v1${path}${tail}`;
}

interface Request {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly query?: Query;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export async function api<Answer>(path: string, request: Request = {}): Promise<Answer> {
  const { method = "GET", query, body, signal } = request;
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const csrf = queryClient.getQueryData<Session>(["session"])?.csrfToken;
  if (method !== "GET" && csrf !== undefined) headers["x-csrf-token"] = csrf;
  let response: Response;
  try {
    response = await fetch(apiUrl(path, query), {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new ApiError(path, 0, {});
  }
  if (response.status === 204) return undefined as Answer;
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as Answer;
  const isObject = typeof answer === "object" && answer !== null;
  throw new ApiError(path, response.status, isObject ? (answer as Record<string, unknown>) : {});
}
