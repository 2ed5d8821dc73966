import { readFile } from "node:fs/promises";
import { PortolanError } from "../base/errors.ts";
import { showable } from "../base/text.ts";
import { textCharactersMax } from "../sources/host/socket-row.ts";
import type { Say } from "./language/language.ts";

/** Saved output of another program; `-` is stdin. Throws `invalid` when it cannot be read or is too large. */
export async function readSavedText(file: string, say: Say): Promise<string> {
  try {
    if (file !== "-") return decoded(await readFile(file), file, say);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > textCharactersMax) throw tooLarge(file, say);
      chunks.push(chunk);
    }
    return decoded(Buffer.concat(chunks), file, say);
  } catch (cause) {
    if (cause instanceof PortolanError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new PortolanError("invalid", say("ports.cannot-read", { file: showable(file), reason }), { cause });
  }
}

function decoded(bytes: Buffer, file: string, say: Say): string {
  if (bytes.length > textCharactersMax) throw tooLarge(file, say);
  return bytes.toString("utf8");
}

function tooLarge(file: string, say: Say): PortolanError {
  const limit = textCharactersMax / 1024 / 1024;
  return new PortolanError("invalid", say("ports.too-large", { file: showable(file), limit }));
}
