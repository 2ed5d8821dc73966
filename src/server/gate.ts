import { PortolanError } from "../base/errors.ts";

/** Lets so many in at once and turns the others away; nobody waits. */
export interface Gate {
  /** Returns the way out. `unavailable` when full. */
  enter(): () => void;
  readonly inside: number;
}

export function gate(max: number, busy: string): Gate {
  let inside = 0;
  return {
    enter() {
      if (inside >= max) {
        throw new PortolanError("unavailable", busy, { details: { max, retryAfterMs: 2_000 } });
      }
      inside += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        inside -= 1;
      };
    },
    get inside() {
      return inside;
    },
  };
}
