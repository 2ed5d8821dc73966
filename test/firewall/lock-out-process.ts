// Inside the host's namespace: random orders to the real desk and kernel, and after each that is carried out, whether
// everybody whom the host needs still comes through. Tells what it met as one line of JSON.
import { connect, type Socket } from "node:net";
import { BlockDesk } from "../../src/agent/block-desk.ts";
import { hostScene } from "../../src/agent/host-scene.ts";
import type { BlockOrder } from "../../src/model/block-order.ts";
import { openFirewall } from "../../src/sinks/firewall/firewall.ts";
import { runProgram } from "../../src/sinks/firewall/run-program.ts";
import { bootClock } from "../../src/sources/host/boot-time.ts";
import { randomOf } from "../support/random.ts";
import { address } from "./block-stage.ts";

const [count = 100, seed = 1] = process.argv.slice(2, 4).map(Number);
const kind = process.argv[4] === "iptables" ? "iptables" : "nftables";
const random = randomOf(seed);
const one = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
const below = (limit: number): number => Math.floor(random() * limit);

const hourMs = 3_600_000;
const own = [address.host, address.hostControl, address.server, address.gateway, address.login];
const wrong = [
  "0.0.0.0/0",
  "::/0",
  "10.77.1.9/33",
  "10.77.1.9/16",
  "",
  "nobody",
  "10.77.1",
  "127.0.0.1",
  "fe80::/64",
  "::ffff:0:0/96",
  "1e2",
];
const stranger = (): string => `10.77.${2 + below(60)}.${1 + below(250)}`;

function target(last: string): string {
  const network = (text: string, bits: number): string => {
    const value = text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const start = Math.floor(value / 2 ** (32 - bits)) * 2 ** (32 - bits);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".")}/${bits}`;
  };
  return one<() => string>([
    () => one(own),
    () => `::ffff:${one(own)}`,
    () => `${one(own)}/32`,
    () => network(one(own), 16 + below(16)),
    () => network(stranger(), 24 + below(8)),
    () => `::ffff:${network(one(own), 24).replace("/24", "/120")}`,
    () => one(wrong),
    () => last,
    stranger,
    stranger,
    () => address.attacker,
    () => `2001:db8::${below(9_999)}`,
    () => `2001:db8:${below(99)}::/64`,
  ])();
}

/** Connections that were there before: each must bring a byte back. */
function held(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => resolve(socket));
    socket.on("error", reject);
  });
}

const comesBack = (socket: Socket): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), 2_000);
    socket.once("data", () => {
      clearTimeout(timer);
      resolve(true);
    });
    socket.write("x");
  });

const control = await held(address.server, 7_000);
/** Connected by the test, from outside, to the port of ssh: as seen from here. */
const isLoginThere = async (): Promise<boolean> =>
  (await runProgram(["ss", "-Htn", "state", "established", "dst", address.login])).output.includes(":22 ");

const firewall = await openFirewall(runProgram, [kind]);
if ("unavailable" in firewall) throw new Error(`${kind}: ${firewall.unavailable}`);
const boot = bootClock();
let aheadMs = 0;
const desk = new BlockDesk({
  firewall,
  now: () => {
    const { ms, bootId } = boot();
    return { ms: ms + aheadMs, bootId };
  },
  scene: hostScene({ listeners: () => [], servers: () => [address.server], never: [], ffi: true }),
});

const told = { outcomes: {} as Record<string, number>, lockOuts: [] as string[], failures: [] as string[] };
let last = address.attacker as string;
let made = 0;
for (let index = 0; index < count; index++) {
  const wanted = target(last);
  const order: BlockOrder = {
    id: `order-${random() < 0.05 ? Math.max(0, index - 1) : index}`,
    kind: "block",
    request: {
      target: wanted,
      action: random() < 0.04 ? "burn" : one(["drop", "reject"]),
      durationMs: random() < 0.04 ? one([1, Number.NaN, 1e12]) : one([60_000, 600_000, hourMs]),
      by: "test",
      origin: "operator",
      acceptedPeers: 1_000,
    },
    never: [],
    knownGood: [],
  };
  last = wanted;
  const { outcome, refusal, message } = await desk.take(order);
  const name = refusal === null ? outcome : `${outcome}: ${refusal.code}`;
  told.outcomes[name] = (told.outcomes[name] ?? 0) + 1;
  if (outcome === "failed") told.failures.push(`${wanted}: ${message}`);
  // Twenty an hour are the most: time jumps on, and back now and then.
  if (refusal?.code === "too-many-an-hour") aheadMs += hourMs;
  if (outcome === "probation") {
    made += 1;
    if (random() < 0.8) await desk.confirm(order.id);
    if (!(await comesBack(control)) || !(await isLoginThere())) told.lockOuts.push(wanted);
    if (made % 50 === 0) aheadMs -= 600_000;
    if (random() < 0.5) await desk.take({ id: `lift-${index}`, kind: "unblock", target: wanted });
  }
}
const fresh = await held(address.server, 7_000).then(comesBack, () => false);
if (!fresh) told.lockOuts.push("a new connection to the server");
console.log(JSON.stringify({ ...told, made, standing: (await desk.standing()).length }));
process.exit();
