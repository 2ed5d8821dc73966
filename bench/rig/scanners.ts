// The scanners of the contests, as they are started in the scanner's namespace of a road, and how their output is read.
import { join } from "node:path";
import { targetPrefix, type Road } from "../../test/scan/road.ts";
import type { Contestant } from "./contest.ts";

const program = join(import.meta.dirname, "../../bin/portolan");

/** Of the router's device that the scanner sends to. */
export function routerAddress(road: Road): string {
  const [link] = JSON.parse(road.router.run("ip", "-j", "link", "show", "west")) as [
    { readonly address: string },
  ];
  return link.address;
}

export function portolan(targets: string, ports: string, ...more: readonly string[]): Contestant {
  return {
    command: [program, "scan", targets, "-p", ports, "--scope", targetPrefix, "--json", ...more],
    pattern: /"type":"endpoint"/g,
  };
}

/** It cannot find its router by itself in a namespace that has just begun. */
export function masscan(road: Road, targets: string, ports: string, rate: number): Contestant {
  const way = ["--router-mac", routerAddress(road), "-i", "out", "--source-ip", "198.18.0.2"];
  return {
    command: ["masscan", targets, "-p", ports, "--rate", String(rate), "--wait", "2", "-oL", "-", ...way],
    pattern: /^open tcp/gm,
  };
}

export function nmap(targets: string, ports: string): Contestant {
  return { command: [..."nmap -n -Pn -sS -T4 -oG - -p".split(" "), ports, targets], pattern: /\/open\//g };
}
