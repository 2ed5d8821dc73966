import type { PortReason } from "../../model/port-state.ts";

/** Codes of type 3, RFC 792 and RFC 1812 §5.2.7.1. */
const ipv4Codes: Readonly<Record<number, PortReason>> = {
  0: "net-unreach",
  1: "host-unreach",
  2: "proto-unreach",
  3: "port-unreach",
  9: "net-prohibited",
  10: "host-prohibited",
  13: "admin-prohibited",
};
/** Codes of type 1, RFC 4443 §3.1. */
const ipv6Codes: Readonly<Record<number, PortReason>> = {
  0: "net-unreach",
  1: "admin-prohibited",
  3: "host-unreach",
  4: "port-unreach",
  5: "admin-prohibited",
  6: "admin-prohibited",
};
const timeExceeded = { 4: 11, 6: 3 } as const;
const unreachable = { 4: 3, 6: 1 } as const;

/** An ICMP error as nmap names it. */
export function icmpReason(family: 4 | 6, type: number, code: number): PortReason {
  if (type === timeExceeded[family]) return "time-exceeded";
  if (type !== unreachable[family]) return "unreachable";
  return (family === 4 ? ipv4Codes : ipv6Codes)[code] ?? "unreachable";
}
