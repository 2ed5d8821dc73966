// What: gives the pages of Node's own program file back that only its start needed.
// Idea: starting touches some 40 MB of the program (parser, compiler, snapshot) that a process which only looks and waits
//   never touches again. They are unchanged copies of the file: given back, whichever is needed again comes from the
//   page cache, a few hundred soft faults in all. Saves 20 MiB of resident memory.
// Trap: a page that the loader or a debugger has changed would come back as the file has it, so a mapping with a single
//   changed page is left alone. A program that was replaced while it runs has another name and is left alone as well.
// Source: madvise(2) on MADV_DONTNEED, proc(5) on smaps.

import { readFileSync } from "node:fs";
import type { Libc } from "./libc.ts";

const adviceNotNeeded = 4;

interface Mapping {
  readonly start: number;
  readonly length: number;
}

/** Mappings of the file that are not written to and hold no changed page. */
export function unchangedMappings(smaps: string, path: string): Mapping[] {
  return smaps.split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/).flatMap((text) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ \d+ +(.+)\n/.exec(text);
    // What is changed is a copy of its own. "Dirty" says less: so is every page of a file that was just installed.
    const changed = [...text.matchAll(/^(?:Anonymous|Swap): +(\d+) kB$/gm)];
    if (match?.[3] !== path || changed.length < 2 || changed.some(([, size]) => size !== "0")) return [];
    const start = Number.parseInt(match[1] ?? "", 16);
    return { start, length: Number.parseInt(match[2] ?? "", 16) - start };
  });
}

export function giveBackStartupPages(libc: Libc): void {
  let smaps = "";
  try {
    smaps = readFileSync("/proc/self/smaps", "utf8");
  } catch {
    // Without it, or without the right to read it, memory stays as it is.
  }
  for (const { start, length } of unchangedMappings(smaps, process.execPath)) {
    libc.adviseMemory(start, length, adviceNotNeeded);
  }
}
