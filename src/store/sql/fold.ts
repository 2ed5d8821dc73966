import type { ConnectionVerdict } from "../../model/connection-verdict.ts";
import { endpointKey, type Endpoint } from "../../model/endpoint.ts";
import { ownerLabel, type Owner } from "../../model/owner.ts";
import type { Process } from "../../model/process.ts";

/** Searchable text kept per row; the rest of an endless command line is not found. */
export const foldedCharactersMax = 2_048;

/** The form in which text is stored for search and in which a search is asked. */
export function fold(text: string): string {
  // Most text is ASCII, of which normalising changes nothing and costs the most.
  return (/^[\x00-\x7f]*$/.test(text) ? text : text.normalize("NFKC")).toLowerCase();
}

export function foldedPort(
  endpoint: Endpoint,
  owners: readonly Owner[],
  processes: readonly Process[],
): string {
  const words = new Set<string>([endpointKey(endpoint)]);
  for (const owner of owners) addOwner(words, owner);
  for (const process of processes) {
    for (const word of [
      process.name,
      process.executablePath,
      process.user,
      process.unit,
      process.containerId,
    ]) {
      if (word !== null) words.add(word);
    }
    if (process.commandLine !== null) words.add(process.commandLine);
  }
  return join(words);
}

export function foldedEvent(endpoint: Endpoint, owners: readonly Owner[]): string {
  const words = new Set<string>([endpointKey(endpoint)]);
  for (const owner of owners) addOwner(words, owner);
  return join(words);
}

/** By kind, process, port and who is named. */
export function foldedTrouble({ kind, subject, process, port, sources }: ConnectionVerdict): string {
  const words = [kind, subject, process?.name ?? "", port === null ? "" : String(port)];
  return join(new Set([...words, ...sources.map(({ remote }) => remote)].filter((word) => word !== "")));
}

function addOwner(words: Set<string>, owner: Owner): void {
  words.add(ownerLabel(owner));
  words.add(owner.executable);
  for (const word of [owner.user, owner.unit, owner.containerId]) if (word !== null) words.add(word);
}

function join(words: ReadonlySet<string>): string {
  let text = "";
  for (const word of words) {
    if (text.length >= foldedCharactersMax) break;
    text += `${word}\n`;
  }
  return fold(text.slice(0, foldedCharactersMax));
}
