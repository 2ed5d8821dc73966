import type { Server as HttpServer } from "node:http";
import { BlockList, isIP, type Socket } from "node:net";
import type { Limits } from "./limits.ts";
import { peerOf } from "./peer.ts";

/**
 * Keeps one peer from taking every connection. A peer that is this machine itself, or a proxy that speaks for many,
 * is not counted.
 */
export function limitConnections(http: HttpServer, limits: Limits, trustedProxies: readonly string[]): void {
  const proxies = listOf(trustedProxies);
  const isProxy = (address: string): boolean => proxies.check(address, familyOf(address));
  http.maxConnections = limits.connections;
  http.maxHeadersCount = limits.headers;
  const open = new Map<string, number>();
  http.on("connection", (socket: Socket) => {
    const { remoteAddress, localAddress } = socket;
    if (remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    if (remoteAddress === localAddress || isProxy(remoteAddress)) return;
    const peer = peerOf(remoteAddress);
    const count = (open.get(peer) ?? 0) + 1;
    if (count > limits.connectionsPerPeer) {
      socket.destroy();
      return;
    }
    open.set(peer, count);
    socket.once("close", () => {
      const left = (open.get(peer) ?? 1) - 1;
      if (left > 0) open.set(peer, left);
      else open.delete(peer);
    });
  });
}

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", prefix] = proxy.split("/");
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
