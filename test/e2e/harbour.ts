import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, up } from "../cli/portolan.ts";

/** A running Portolan, as a user starts it, with a data folder of its own. */
export interface Harbour {
  readonly url: string;
  /** The first-start link; on a folder that has an administrator, the plain address. */
  readonly link: string;
  readonly readyMs: number;
  close(): Promise<void>;
}

export async function openHarbour(
  dataFolder?: string,
  words: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Harbour> {
  const folder = dataFolder ?? mkdtempSync(join(tmpdir(), "portolan-e2e-"));
  const running = await up(["--data", folder, "--listen", `127.0.0.1:${await freePort()}`, ...words], {
    environment,
  });
  return {
    url: running.url,
    link: running.link,
    readyMs: running.readyMs,
    close: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
