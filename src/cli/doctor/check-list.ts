import type { Check } from "./check.ts";
import { checkData, checkDatabase } from "./data-checks.ts";
import { checkKernel, checkNetlink, checkOwners, checkRawPackets } from "./kernel-checks.ts";
import { checkClock, checkPort } from "./network-checks.ts";
import { checkNode, checkSystemd, checkWeb } from "./program-checks.ts";
import { checkServer } from "./server-check.ts";

/** In the order in which one would mend. */
export const checkList: readonly (readonly [name: string, check: Check])[] = [
  ["node", checkNode],
  ["web", checkWeb],
  ["data", checkData],
  ["database", checkDatabase],
  ["port", checkPort],
  ["owners", checkOwners],
  ["netlink", checkNetlink],
  ["raw-packets", checkRawPackets],
  ["kernel", checkKernel],
  ["server", checkServer],
  ["clock", checkClock],
  ["systemd", checkSystemd],
];
