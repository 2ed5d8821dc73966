import { PortolanError, type ErrorCode } from "../base/errors.ts";

/** When a call was made. It travels with the call, so that a thread has no clock of its own. */
export interface Moment {
  readonly nowMs: number;
  readonly monotonicMs: number;
}

export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
  readonly moment: Moment;
}

export interface AnswerMessage {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: Failure;
}

/** A `PortolanError` in a form that passes between threads. */
interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly stack: string | undefined;
}

export function toFailure(error: unknown): Failure {
  if (error instanceof PortolanError) {
    const { code, message, hint, details, stack } = error;
    return { code, message, hint, details, stack };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: "internal", message, hint: undefined, details: {}, stack };
}

export function fromFailure({ code, message, hint, details, stack }: Failure): PortolanError {
  const error = new PortolanError(code, message, { details, ...(hint === undefined ? {} : { hint }) });
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** Work by name. The names are the whole list of what a thread can be asked to do. */
export type Works<Context> = Readonly<
  Record<string, (context: Context, argument: never, moment: Moment) => Promise<unknown>>
>;
export type ArgumentOf<Work> = Work extends (
  context: never,
  argument: infer Argument,
  moment: Moment,
) => unknown
  ? Argument
  : never;
export type ResultOf<Work> = Work extends (...all: never[]) => Promise<infer Result> ? Result : never;
