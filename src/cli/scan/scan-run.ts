import { PortolanError } from "../../base/errors.ts";
import type { OutputReader } from "../../sources/scan/external-scan.ts";
import { afterDiscovery, bothSummaries } from "../../sources/scan/scan-summaries.ts";
import type { Scan, ScanListener, ScanSummary } from "../../sources/scan/scan.ts";
import type { CommandContext } from "../command.ts";

export type ScanEngine = "syn" | "connect" | "nmap" | "masscan";

/** Only who is alive: found by what this engine may send, or by our own ways before another program. */
export async function runDiscovered(
  context: CommandContext,
  scan: Scan,
  engine: ScanEngine | undefined,
  report: ScanListener,
): Promise<ScanSummary> {
  const { discover } = await import("../../sources/scan/discover.ts");
  const isOwn = engine === "syn" || engine === "connect";
  const found = await discover(
    scan,
    (asked, listener) => runTcp(context, asked, isOwn ? engine : undefined, listener),
    report,
    context.signal,
  );
  if (found.noEcho.length > 0) context.terminal.warn(context.say("scan.no-echo"));
  const alive = { ...scan, targets: found.targets };
  const summary = found.alive === 0 ? undefined : await runScan(context, alive, engine, report);
  const usual = scan.ports.length === 0 ? "udp" : "syn";
  return afterDiscovery(found, engine ?? usual, summary, !context.signal.aborted);
}

/** Over TCP, then over UDP; or both by another program. Undefined engine: raw packets where they are allowed. */
export async function runScan(
  context: CommandContext,
  scan: Scan,
  engine: ScanEngine | undefined,
  report: ScanListener,
): Promise<ScanSummary> {
  if (engine === "nmap" || engine === "masscan") return runExternal(context, scan, engine, report);
  if (scan.udpPorts.length === 0) return runTcp(context, scan, engine, report);
  if (scan.ports.length === 0) return runUdp(context, scan, report);
  const tcp = await runTcp(context, scan, engine, report);
  return bothSummaries(tcp, await runUdp(context, scan, report));
}

async function runExternal(
  { signal }: CommandContext,
  scan: Scan,
  engine: "nmap" | "masscan",
  report: ScanListener,
): Promise<ScanSummary> {
  const { externalScan } = await import("../../sources/scan/external-scan.ts");
  const { scanXmlReader } = await import("../../sinks/exchange/scan-xml.ts");
  const { scanJsonReader } = await import("../../sinks/exchange/scan-json.ts");
  const read: OutputReader = (name, found) =>
    name === "nmap" ? scanXmlReader(name, found) : scanJsonReader(name, found);
  return externalScan(engine, scan, read, report, signal);
}

async function runTcp(
  { say, terminal, signal }: CommandContext,
  scan: Scan,
  engine: "syn" | "connect" | undefined,
  report: ScanListener,
): Promise<ScanSummary> {
  if (engine !== "connect") {
    const { synScan } = await import("../../sources/scan/syn-scan.ts");
    const summary = await synScan(scan, report, signal);
    if (!("unavailable" in summary)) return summary;
    const reason = summary.unavailable;
    if (engine === "syn") {
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
  return connectScan(scan, report, signal);
}

async function runUdp(
  { say, signal }: CommandContext,
  scan: Scan,
  report: ScanListener,
): Promise<ScanSummary> {
  const { udpScan } = await import("../../sources/scan/udp-scan.ts");
  const summary = await udpScan(scan, report, signal);
  if (!("unavailable" in summary)) return summary;
  throw new PortolanError("unavailable", say("scan.no-udp", { reason: summary.unavailable }));
}
