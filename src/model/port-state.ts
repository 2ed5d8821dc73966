/** What an outside look says of one port, in nmap's words. */
export const portStates = ["open", "closed", "filtered", "open|filtered"] as const;
export type PortState = (typeof portStates)[number];

/** Why it says so, in nmap's words: what came back, or that nothing did. */
export const portReasons = [
  "syn-ack",
  "conn-refused",
  "reset",
  "udp-response",
  "no-response",
  "net-unreach",
  "host-unreach",
  "proto-unreach",
  "port-unreach",
  "net-prohibited",
  "host-prohibited",
  "admin-prohibited",
  "time-exceeded",
  "unreachable",
] as const;
export type PortReason = (typeof portReasons)[number];
