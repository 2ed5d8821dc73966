import { PortolanError } from "../../base/errors.ts";
import type { OutputReader } from "../../sources/scan/external-scan.ts";
import { bothSummaries } from "../../sources/scan/scan-summaries.ts";
import type { Scan, ScanSummary } from "../../sources/scan/scan.ts";
import type { CommandContext } from "../command.ts";
import type { ScanReport } from "./scan-report.ts";

export type ScanEngine = "syn" | "connect" | "nmap" | "masscan";

/** Over TCP, then over UDP; or both by another program. Undefined engine: raw packets where they are allowed. */
export async function runScan(
  context: CommandContext,
  scan: Scan,
  engine: ScanEngine | undefined,
  report: ScanReport,
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
  report: ScanReport,
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
  report: ScanReport,
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

async function runUdp({ say, signal }: CommandContext, scan: Scan, report: ScanReport): Promise<ScanSummary> {
  const { udpScan } = await import("../../sources/scan/udp-scan.ts");
  const summary = await udpScan(scan, report, signal);
  if (!("unavailable" in summary)) return summary;
  throw new PortolanError("unavailable", say("scan.no-udp", { reason: summary.unavailable }));
}
