import { PortolanError } from "../../base/errors.ts";
import type { ScanEngine } from "../../model/scan-plan.ts";
import type { OutputReader } from "../../sources/scan/external-scan.ts";
import type { Scan, ScanListener, ScanSummary } from "../../sources/scan/scan.ts";
import type { CommandContext } from "../command.ts";

/** Raw packets where we may send them; without a word for an engine, connections where we may not. */
export async function runEngine(
  { say, terminal }: Pick<CommandContext, "say" | "terminal">,
  scan: Scan,
  engine: ScanEngine,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<ScanSummary> {
  if (engine === "nmap" || engine === "masscan") {
    const { externalScan } = await import("../../sources/scan/external-scan.ts");
    const { scanXmlReader } = await import("../../sinks/exchange/scan-xml.ts");
    const { scanJsonReader } = await import("../../sinks/exchange/scan-json.ts");
    const read: OutputReader = (name, found) =>
      name === "nmap" ? scanXmlReader(name, found) : scanJsonReader(name, found);
    return externalScan(engine, scan, read, listener, signal);
  }
  if (engine !== "connect") {
    const { synScan } = await import("../../sources/scan/syn-scan.ts");
    const summary = await synScan(scan, listener, signal);
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
  return connectScan(scan, listener, signal);
}
