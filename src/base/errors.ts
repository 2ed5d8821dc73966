/** The seven ways anything can fail. Each maps to one HTTP status, one exit code and one answer to "try again?". */
export type ErrorCode =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "unavailable"
  | "internal";

interface Consequence {
  readonly httpStatus: number;
  readonly exitCode: number;
  readonly retry: boolean;
}

/** What a code means to an HTTP client (RFC 9110 status), to a shell (sysexits.h) and to a retry loop. */
export const consequences: Readonly<Record<ErrorCode, Consequence>> = {
  invalid: { httpStatus: 400, exitCode: 2, retry: false },
  unauthenticated: { httpStatus: 401, exitCode: 1, retry: false },
  forbidden: { httpStatus: 403, exitCode: 77, retry: false },
  "not-found": { httpStatus: 404, exitCode: 1, retry: false },
  conflict: { httpStatus: 409, exitCode: 1, retry: false },
  unavailable: { httpStatus: 503, exitCode: 75, retry: true },
  internal: { httpStatus: 500, exitCode: 70, retry: false },
};

interface ErrorOptions {
  /** What the reader should do next, as one sentence. */
  readonly hint?: string;
  /** Machine-readable facts: file, line, key, row … Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The only error class. Expected outcomes (a closed port, an unreadable line) are values, never this. */
export class PortolanError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "PortolanError";
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}

/** A broken invariant of ours: ends the unit of work, not the process. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new PortolanError("internal", message);
}
