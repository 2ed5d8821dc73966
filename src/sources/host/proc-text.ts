// What: a file of /proc as text, or nothing.
// Idea: what cannot be read says nothing, and whoever reads it says what that means.
// Trap: one character per byte: foreign bytes in it are not text yet.
// Source: proc(5).

import { readFileSync } from "node:fs";

/** Empty when it is not there or may not be read. */
export function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
