// What: local ports as the little program by which the kernel chooses the sockets that it tells of.
// Idea: for each range two comparisons and a jump behind the last one. A socket that is not asked for then costs the
//   kernel a few comparisons instead of a message, and us nothing.
// Trap: the kernel checks the program before it runs it, and refuses one with a jump to anywhere but a comparison that
//   can be reached by "yes" from the first one. A jump past the end by one operation means no.
// Source: include/uapi/linux/inet_diag.h (inet_diag_bc_op), net/ipv4/inet_diag.c (inet_diag_bc_audit, inet_diag_bc_run).

import type { RangeSet } from "../../base/range-set.ts";

const codes = { jump: 1, portAtLeast: 2, portAtMost: 3 } as const;
const operationBytes = 4;
/** A comparison is two operations: itself, and its port. */
const comparisonBytes = 2 * operationBytes;
const rangeBytes = 2 * comparisonBytes + operationBytes;
/** More is left to the reader: each range costs every socket a comparison. */
export const filterRangesMax = 32;

/** Undefined when the ranges are too many, or none. */
export function portFilter(ports: RangeSet): Buffer | undefined {
  if (ports.length === 0 || ports.length > filterRangesMax) return undefined;
  // Behind the last range no jump is needed.
  const program = Buffer.alloc(ports.length * rangeBytes - operationBytes);
  let at = 0;
  const operation = (code: number, yes: number, no: number): void => {
    program[at] = code;
    program[at + 1] = yes;
    program.writeUInt16LE(no, at + 2);
    at += operationBytes;
  };
  for (const [index, { first, last }] of ports.entries()) {
    const start = at;
    const isLast = index === ports.length - 1;
    /** From here to the next range, or past the end. */
    const otherwise = (): number => (isLast ? program.length + operationBytes : start + rangeBytes) - at;
    operation(codes.portAtLeast, comparisonBytes, otherwise());
    operation(0, 0, first);
    operation(codes.portAtMost, comparisonBytes, otherwise());
    operation(0, 0, last);
    if (!isLast) operation(codes.jump, operationBytes, program.length - at);
  }
  return program;
}
