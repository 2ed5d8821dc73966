import { joinHostPort } from "../base/ip.ts";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** The address as the configuration gives it, checked and canonical. */
export function listenAddress(checked: string): ListenAddress {
  const colon = checked.lastIndexOf(":");
  return {
    host: checked.slice(0, colon).replace(/^\[(.*)\]$/, "$1"),
    port: Number(checked.slice(colon + 1)),
  };
}

export function formatListen({ host, port }: ListenAddress): string {
  return joinHostPort(host, port);
}

/** How a program on this machine reaches a server that listens there. */
export function localUrl({ host, port }: ListenAddress): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${formatListen({ host: reachable, port })}`;
}
