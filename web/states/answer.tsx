import type { ReactNode } from "react";
import { ApiError } from "../api/client.ts";
import { Failure, Waiting } from "./states.tsx";

interface AnswerProps<Data> {
  readonly of: {
    readonly data: Data | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  /** Grey bars while waiting. */
  readonly lines?: number;
  /** Waits in a panel of its own. */
  readonly boxed?: boolean;
  /** Shown for what is not there (any more). */
  readonly gone?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** What a question was answered with, or what stands for it until then: a known answer outlives a later failure. */
export function Answer<Data>({ of, lines = 6, boxed = false, gone, children }: AnswerProps<Data>) {
  const { data, error, refetch } = of;
  if (data !== undefined) return children(data);
  if (error === null || error === undefined) {
    const waiting = <Waiting lines={lines} />;
    return boxed ? <div className="panel grow">{waiting}</div> : waiting;
  }
  if (gone !== undefined && error instanceof ApiError && error.status === 404) return gone;
  return <Failure error={error} retry={() => void refetch()} />;
}
