import { createReadStream } from "node:fs";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import type { ScanResult } from "../../model/scan-result.ts";
import { badFile } from "./scan-collector.ts";
import { scanJsonReader } from "./scan-json.ts";
import { scanXmlReader, type TextReader } from "./scan-xml.ts";

export const fileBytesMax = 2 * 1024 * 1024 * 1024;
const chunkBytes = 1024 * 1024;

/**
 * What a file holds: XML of nmap or masscan, JSON of masscan, JSON lines of naabu or portolan. `invalid` with file and
 * line when it is none of these, cut, hostile or not UTF-8: nothing of it is used then. 40 MB/s, memory for what was
 * found.
 */
export async function readScanFile(file: string): Promise<ScanResult> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let reader: TextReader | undefined;
  let head = "";
  let bytes = 0;
  const decode = (chunk: Uint8Array | undefined): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new PortolanError("invalid", `${showable(file)}: is not UTF-8 text`, { details: { file } });
    }
  };
  const give = (text: string): void => {
    if (reader !== undefined) return reader.write(text);
    head += text;
    const first = head.trimStart().charAt(0);
    if (first === "") return;
    if (first === "<") reader = scanXmlReader(file);
    else if (first === "[" || first === "{") reader = scanJsonReader(file);
    else throw badFile({ file, line: 1 }, "is neither XML nor JSON of a scan");
    reader.write(head);
  };
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) {
      bytes += (chunk as Buffer).length;
      if (bytes > fileBytesMax)
        throw badFile({ file, line: 1 }, `is larger than ${fileBytesMax / 2 ** 30} GiB`);
      give(decode(chunk as Buffer));
    }
    give(decode(undefined));
    // masscan writes an empty file when it found nothing.
    return (reader ?? scanJsonReader(file)).end();
  } catch (error) {
    if (error instanceof PortolanError) throw error;
    const reason = error instanceof Error ? showable(error.message) : "";
    throw new PortolanError("invalid", `${showable(file)}: cannot be read: ${reason}`, { cause: error });
  }
}
