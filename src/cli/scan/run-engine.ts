import { PortolanError } from "../../base/errors.ts";
import type { ScanEngine } from "../../model/scan-plan.ts";
import type { OutputReader } from "../../sources/scan/external-scan.ts";
import { afterDiscovery, bothSummaries } from "../../sources/scan/scan-summaries.ts";
import type { ScanLog } from "../../sources/scan/scan-log.ts";
import type { Scan, ScanListener, ScanSummary } from "../../sources/scan/scan.ts";
import type { CommandContext } from "../command.ts";

type Voice = Pick<CommandContext, "say" | "terminal">;

interface Ordered {
  readonly scan: Scan;
  readonly engine: ScanEngine;
  /** Where a SYN scan is kept, so that it can go on after anything. */
  readonly log: ScanLog | null;
}

/** Only who is alive: found by what this engine may send, or by our own ways before another program. */
export async function runDiscovered(
  voice: Voice,
  { scan, engine }: Ordered,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<ScanSummary> {
  const { discover } = await import("../../sources/scan/discover.ts");
  const own = engine === "syn" || engine === "connect" ? engine : "auto";
  const found = await discover(
    scan,
    (asked, heard) => runTcp(voice, { scan: asked, engine: own, log: null }, heard, signal),
    listener,
    signal,
  );
  if (found.noEcho.length > 0) voice.terminal.warn(voice.say("scan.no-echo"));
  const alive = { scan: { ...scan, targets: found.targets }, engine, log: null };
  const summary = found.alive === 0 ? undefined : await runEngine(voice, alive, listener, signal);
  const usual = scan.ports.length === 0 ? "udp" : "syn";
  return afterDiscovery(found, engine === "auto" ? usual : engine, summary, !signal.aborted);
}

/** Over TCP, then over UDP; or both by another program. */
export async function runEngine(
  voice: Voice,
  ordered: Ordered,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<ScanSummary> {
  const { scan, engine } = ordered;
  if (engine === "nmap" || engine === "masscan") return runExternal(scan, engine, listener, signal);
  if (scan.udpPorts.length === 0) return runTcp(voice, ordered, listener, signal);
  if (scan.ports.length === 0) return runUdp(voice, scan, listener, signal);
  const tcp = await runTcp(voice, ordered, listener, signal);
  return bothSummaries(tcp, await runUdp(voice, scan, listener, signal));
}

async function runExternal(
  scan: Scan,
  engine: "nmap" | "masscan",
  listener: ScanListener,
  signal: AbortSignal,
): Promise<ScanSummary> {
  const { externalScan } = await import("../../sources/scan/external-scan.ts");
  const { scanXmlReader } = await import("../../sinks/exchange/scan-xml.ts");
  const { scanJsonReader } = await import("../../sinks/exchange/scan-json.ts");
  const read: OutputReader = (name, found) =>
    name === "nmap" ? scanXmlReader(name, found) : scanJsonReader(name, found);
  return externalScan(engine, scan, read, listener, signal);
}

/** Raw packets where we may send them; without a word for an engine, connections where we may not. */
async function runTcp(
  { say, terminal }: Voice,
  { scan, engine, log }: Ordered,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<ScanSummary> {
  if (engine !== "connect") {
    const { synScan } = await import("../../sources/scan/syn-scan.ts");
    const summary = await synScan(scan, listener, signal, log);
    if (!("unavailable" in summary)) return summary;
    const reason = summary.unavailable;
    if (engine === "syn" || log !== null || scan.windows.length > 0) {
      throw new PortolanError("unavailable", say("scan.no-raw", { reason }), {
        hint: say("scan.no-raw-hint"),
      });
    }
    terminal.warn(say("scan.falls-back", { reason }));
  }
  if (scan.device !== null) {
    throw new PortolanError("invalid", `--interface: ${say("scan.no-device")}`);
  }
  const { connectScan } = await import("../../sources/scan/connect-scan.ts");
  return connectScan(scan, listener, signal);
}

async function runUdp(
  { say }: Voice,
  scan: Scan,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<ScanSummary> {
  const { udpScan } = await import("../../sources/scan/udp-scan.ts");
  const summary = await udpScan(scan, listener, signal);
  if (!("unavailable" in summary)) return summary;
  throw new PortolanError("unavailable", say("scan.no-udp", { reason: summary.unavailable }));
}
