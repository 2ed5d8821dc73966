// What: the same connections by Node's own sockets, where FFI is missing.
// Idea: an end is kept until it is collected, so that the scan reads as one loop in either case.
// Trap: some ten times the work of a connection through FFI; a socket that ends after it was left says nothing.

import { Socket } from "node:net";
import { constants } from "node:os";
import { addressFromBytes } from "../../base/ip.ts";
import type { ConnectEnd, Connections } from "../link/connections.ts";

const { EADDRNOTAVAIL } = constants.errno;

export function socketConnections(slots: number): Connections {
  const sockets = Array.from<Socket | undefined>({ length: slots });
  const ended: { readonly slot: number; readonly socket: Socket; readonly end: ConnectEnd }[] = [];
  let wake: () => void = () => undefined;
  return {
    begin(slot, address, port) {
      const socket = new Socket();
      sockets[slot] = socket;
      const finish = (end: ConnectEnd): void => {
        if (end !== 0) socket.destroy();
        ended.push({ slot, socket, end });
        wake();
      };
      socket.on("connect", () => finish(talksToItself(socket) ? EADDRNOTAVAIL : 0));
      socket.on("error", ({ errno = -EADDRNOTAVAIL }: NodeJS.ErrnoException) => finish(-errno));
      socket.connect({ host: addressFromBytes(address), port });
      return undefined;
    },
    async collect(visit, waitMs) {
      // Events come between turns only.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        wake = () => {
          clearTimeout(timer);
          setImmediate(resolve);
        };
        if (waitMs === 0) wake();
      });
      for (const { slot, socket, end } of ended.splice(0)) if (sockets[slot] === socket) visit(slot, end);
    },
    leave(slot, gently) {
      const socket = sockets[slot];
      sockets[slot] = undefined;
      // A reset of one that does not stand yet would wait until it does.
      if (gently || socket?.connecting === true) socket?.destroy();
      else socket?.resetAndDestroy();
    },
    close() {
      for (const socket of sockets) socket?.destroy();
    },
  };
}

/** The kernel may choose the port asked as the port to ask from. */
const talksToItself = ({ localPort, remotePort, localAddress, remoteAddress }: Socket): boolean =>
  localPort === remotePort && localAddress === remoteAddress;
