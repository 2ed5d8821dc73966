import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import type { Namespace } from "../support/namespace.ts";

const script = join(import.meta.dirname, "listeners.py");

/** What stands before a command that is to run without any right. */
export const withoutRights = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
  "--bounding-set=-all",
  "--inh-caps=-all",
];

/** Opens TCP ports on every address of both families; returns what closes them again and waits for that. */
export async function listenIn(namespace: Namespace, ports: readonly number[]): Promise<() => Promise<void>> {
  const listeners = namespace.spawn("python3", [script, ...ports.map(String)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(listeners, "exit");
  assert.ok(listeners.stdout !== null);
  await once(listeners.stdout, "data");
  return async () => {
    listeners.stdin?.end();
    await ended;
  };
}
