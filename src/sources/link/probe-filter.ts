// What: the filter that the kernel runs on every frame before it reaches our ring.
// Idea: only what can answer a probe passes: TCP to one of our source ports, and ICMP errors. All else, a busy
//   machine's own traffic, costs us nothing.
// Trap: offsets are those of the frame as the socket sees it: behind an Ethernet header, or without one. A fragment has
//   no ports. Extension headers of IPv6 are not followed: no stack puts any into an answer to a SYN.
// Source: Documentation/networking/filter.rst; include/uapi/linux/filter.h, bpf_common.h.

const loads = { half: 0x28, byte: 0x30, headerLength: 0xb1, halfIndexed: 0x48 } as const;
const jumps = { equal: 0x15, greaterOrEqual: 0x35, greater: 0x25, anyOf: 0x45 } as const;
const ret = 0x06;
const accepted = 0x4_0000;

interface Instruction {
  readonly code: number;
  readonly operand: number;
  /** Labels; the next instruction where there is none. */
  readonly whenTrue?: string;
  readonly whenFalse?: string;
  readonly label?: string;
}

export interface ProbePorts {
  readonly first: number;
  readonly last: number;
}

/** `struct sock_filter` records, 8 bytes each. */
export function probeFilter({ first, last }: ProbePorts, hasEthernet: boolean): Buffer {
  const ip = hasEthernet ? 14 : 0;
  const test = (code: number, operand: number, whenTrue?: string, whenFalse?: string): Instruction => ({
    code,
    operand,
    ...(whenTrue === undefined ? {} : { whenTrue }),
    ...(whenFalse === undefined ? {} : { whenFalse }),
  });
  const load = (code: number, operand: number): Instruction => ({ code, operand });
  return assemble([
    load(loads.byte, ip),
    { ...load(0x74, 4) },
    test(jumps.equal, 4, undefined, "maybe6"),
    load(loads.byte, ip + 9),
    test(jumps.equal, 1, "icmp4"),
    test(jumps.equal, 6, undefined, "refuse"),
    load(loads.half, ip + 6),
    test(jumps.anyOf, 0x1fff, "refuse"),
    load(loads.headerLength, ip),
    load(loads.halfIndexed, ip + 2),
    test(jumps.greaterOrEqual, first, undefined, "refuse"),
    test(jumps.greater, last, "refuse", "accept"),
    { ...load(loads.headerLength, ip), label: "icmp4" },
    load(0x50, ip),
    test(jumps.equal, 3, "accept"),
    test(jumps.equal, 11, "accept", "refuse"),
    { ...test(jumps.equal, 6, undefined, "refuse"), label: "maybe6" },
    load(loads.byte, ip + 6),
    test(jumps.equal, 58, "icmp6"),
    test(jumps.equal, 6, undefined, "refuse"),
    load(loads.half, ip + 42),
    test(jumps.greaterOrEqual, first, undefined, "refuse"),
    test(jumps.greater, last, "refuse", "accept"),
    { ...load(loads.byte, ip + 40), label: "icmp6" },
    test(jumps.greaterOrEqual, 1, undefined, "refuse"),
    test(jumps.greater, 4, "refuse", "accept"),
    { ...load(ret, accepted), label: "accept" },
    { ...load(ret, 0), label: "refuse" },
  ]);
}

function assemble(program: readonly Instruction[]): Buffer {
  const labels = new Map(
    program.flatMap(({ label }, index) => (label === undefined ? [] : [[label, index]])),
  );
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, { code, operand, whenTrue, whenFalse }] of program.entries()) {
    const distance = (label: string | undefined): number =>
      label === undefined ? 0 : (labels.get(label) ?? index) - index - 1;
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(distance(whenTrue), index * 8 + 2);
    bytes.writeUInt8(distance(whenFalse), index * 8 + 3);
    bytes.writeUInt32LE(operand, index * 8 + 4);
  }
  return bytes;
}
