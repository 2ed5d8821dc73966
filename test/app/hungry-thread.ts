import { serveCalls } from "../../src/app/thread-side.ts";

const works = {
  echo: async (_: null, value: number): Promise<number> => value,
  /** Ends in V8's heap limit, inside JavaScript, where a thread can still be stopped alone. */
  eat: async (): Promise<number> => {
    const eaten: unknown[] = [];
    for (;;) eaten.push({ eaten: eaten.length });
  },
} as const;

export type HungryWorks = typeof works;

serveCalls(
  async () => null,
  works,
  async () => undefined,
);
