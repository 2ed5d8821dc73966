import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import test from "node:test";
import { portolan } from "../cli/portolan.ts";
import { whyNoNamespaces } from "../support/namespace.ts";
import { createRoad, targetPrefix } from "./road.ts";

const skip = whyNoNamespaces("nft", "python3", "sysctl", "nmap") ?? false;
const ports = [102, 502, 515, 9100, 9101, 9102];

interface Counted {
  readonly bytes: number;
  readonly connections: number;
  readonly mostAtOnce: number;
}

test(
  "a printer gets no byte and a controller one connection at a time, in every mode",
  { skip },
  async () => {
    const road = createRoad();
    try {
      for (const [engine, connections] of [
        ["syn", 0],
        ["connect", ports.length],
        ["nmap", 0],
      ] as const) {
        const devices = road.target.spawn("python3", [join(import.meta.dirname, "fragile.py")], {
          stdio: ["pipe", "pipe", "inherit"],
        });
        assert.ok(devices.stdout !== null && devices.stdin !== null);
        await once(devices.stdout, "data");
        const words = [
          "scan",
          "198.19.0.9",
          "-p",
          `${ports.join(",")},1-90`,
          "--scope",
          targetPrefix,
          "--engine",
          engine,
        ];
        const { stdout, stderr, code } = await portolan([...words, "--json"], {
          before: ["nsenter", `--net=/run/netns/${road.scanner.name}`, "--"],
          timeoutMs: 60_000,
        });
        assert.equal(code, 0, stderr);
        const found = stdout.match(/"type":"endpoint"/g)?.length;
        assert.equal(found, ports.length, `${engine}: ${stdout}`);
        devices.stdin.end();
        const [told] = (await once(devices.stdout, "data")) as [Buffer];
        const counted = JSON.parse(told.toString()) as Counted;
        assert.equal(counted.bytes, 0, engine);
        assert.equal(counted.connections, connections, engine);
        assert.ok(counted.mostAtOnce <= 1, `${engine}: ${counted.mostAtOnce} at once`);
      }
    } finally {
      road.close();
    }
  },
);
