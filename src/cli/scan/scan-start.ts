import { PortolanError } from "../../base/errors.ts";
import { readOrder, writeOrder, type SavedOrder } from "../../sources/scan/saved-order.ts";
import { createScanLog, openScanLog, type ScanLog } from "../../sources/scan/scan-log.ts";
import type { CommandContext } from "../command.ts";
import { scanOrder, type ScanOptions } from "./scan-order.ts";

export interface StartOptions extends Partial<ScanOptions> {
  readonly miss: string;
  /** File to keep the scan in. */
  readonly save?: string;
  /** File of a scan to go on with. */
  readonly resume?: string;
}

/** A scan that is about to run, for the first time or once more. */
export interface ScanStart extends SavedOrder {
  readonly log: ScanLog | null;
}

/** Reads the order from the command line, or from the file of a scan that was broken off. */
export async function startScan(
  { say, clock }: CommandContext,
  words: readonly string[],
  options: StartOptions,
  command: string,
): Promise<ScanStart> {
  const { ports, save, resume } = options;
  if (resume !== undefined) {
    if (words.length > 0) throw new PortolanError("invalid", say("scan.resume-alone"));
    const log = openScanLog(resume);
    return { ...readOrder(log.order, { clock, random: Math.random }), log };
  }
  if (words.length === 0)
    throw new PortolanError("invalid", say("usage.missing-argument", { what: "target" }));
  if (ports === undefined)
    throw new PortolanError("invalid", say("usage.missing-option", { what: "-p, --ports <list>" }));
  const scan = await scanOrder(words, { ...options, ports }, say, clock);
  if ((save !== undefined || scan.windows.length > 0) && scan.udpPorts.length > 0) {
    throw new PortolanError("invalid", `--ports: ${say("scan.syn-only")}`);
  }
  const order = { scan, command, startedAtMs: clock.nowMs() };
  return { ...order, log: save === undefined ? null : createScanLog(save, writeOrder(order)) };
}
