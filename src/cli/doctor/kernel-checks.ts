import { release } from "node:os";
import { bad, good } from "./check.ts";
import type { Check } from "./check.ts";

/**
 * Stable kernels whose /proc/net/tcp leaves out or repeats sockets: a change of its seq_file came with these releases
 * and was mended in the next.
 */
const faulty: readonly { readonly series: string; readonly first: number; readonly last: number }[] = [
  { series: "6.6", first: 102, last: 104 },
  { series: "6.12", first: 42, last: 45 },
  { series: "6.14", first: 0, last: 0 },
];

export function losesProcNetLines(kernel: string): boolean {
  const match = /^(\d+\.\d+)(?:\.(\d+))?/.exec(kernel);
  const patch = Number(match?.[2] ?? 0);
  return faulty.some(({ series, first, last }) => series === match?.[1] && patch >= first && patch <= last);
}

export const checkKernel: Check = ({ say }) => {
  const kernel = release();
  return losesProcNetLines(kernel)
    ? bad("kernel", "limited", say("doctor.kernel-faulty", { release: kernel }), say("doctor.kernel-mend"))
    : good("kernel", say("doctor.kernel-good", { release: kernel }));
};

export const checkNetlink: Check = async ({ say }) => {
  const { readThisMachine } = await import("../ports/port-reading.ts");
  try {
    const { limits } = await readThisMachine({ ffi: true, allNamespaces: false });
    const reason = limits.find((limit) => /netlink|ffi|sock_diag/i.test(limit));
    if (reason === undefined) return good("netlink", say("doctor.netlink-good"));
    return bad("netlink", "limited", say("doctor.netlink-missing", { reason }), say("doctor.netlink-mend"));
  } catch (error) {
    const reason = (error as Error).message;
    return bad("netlink", "limited", say("doctor.netlink-missing", { reason }), say("doctor.netlink-mend"));
  }
};

export const checkRawPackets: Check = async ({ say }) => {
  const { openPacketSender } = await import("../../sources/link/probe-sender.ts");
  const sender = await openPacketSender(4);
  if (!("unavailable" in sender)) {
    sender.close();
    return good("raw-packets", say("doctor.raw-packets-good"));
  }
  const said = say("doctor.raw-packets-missing", { reason: sender.unavailable });
  return bad("raw-packets", "limited", said, say("doctor.raw-packets-mend", { node: process.execPath }));
};

export const checkOwners: Check = async ({ say }) => {
  const { readThisMachine } = await import("../ports/port-reading.ts");
  const { rows } = await readThisMachine({ ffi: true, allNamespaces: false });
  const unknown = rows.filter(({ ownerUnknown }) => ownerUnknown !== null);
  if (unknown.length === 0) return good("owners", say("doctor.owners-good"));
  const reason = unknown[0]?.ownerUnknown ?? "";
  const said = say("doctor.owners-partial", { unknown: unknown.length, count: rows.length, reason });
  return bad("owners", "limited", said, say("doctor.owners-mend"));
};
