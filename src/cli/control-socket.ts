import { chmodSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { controlSocketName } from "./data-folder.ts";

// Not by `import`, which reads every export of node:http, among them those that load a second HTTP client.
const { createServer, request } = process.getBuiltinModule("node:http");

/** A UNIX socket's path is at most 107 bytes (unix(7)). */
const pathBytesMax = 107;
/** A living server answers at once. */
const answerTimeoutMs = 2000;

export interface ControlSocket {
  readonly path: string;
  close(): Promise<void>;
}

/**
 * The API on a socket in the data folder that only the folder's owner may open (mode 0600): who can open it could read
 * and change the database anyway. So `portolan user` and `token` work on the server's machine without a token, and
 * there is one writer. Call it with the folder's lock held: a socket that lies there is then a dead server's.
 */
export async function openControlSocket(
  folder: string,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<ControlSocket> {
  const path = join(folder, controlSocketName);
  if (Buffer.byteLength(path) > pathBytesMax) throw new Error(`${path}: longer than ${pathBytesMax} bytes`);
  rmSync(path, { force: true });
  const server = createServer(handle);
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      // Bound within the call, under the mask: there is no moment at which others may open it.
      server.listen(path, () => resolve());
    });
  } finally {
    process.umask(mask);
  }
  chmodSync(path, 0o600);
  return {
    path,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), answerTimeoutMs).unref();
      }),
  };
}

/** Whether a living server is behind the socket. */
export function answersOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({ socketPath: path, path: "/livez", timeout: answerTimeoutMs, agent: false });
    probe.on("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    probe.on("timeout", () => probe.destroy());
    probe.on("error", () => resolve(false));
    probe.end();
  });
}
