// What: the frames that may answer a probe, straight from a ring that the kernel fills.
// Idea: TPACKET_V3 packs frames tightly into blocks: 16 MiB hold about 130,000 answers, where a ring of fixed frames
//   holds as few as 32. A look at the ring is a look at memory, without a system call.
// Trap: a block is ours only between two writes of its status word, which must not be reordered. What the kernel had no
//   room for it counts, and forgets the count when it is asked: whoever asks must add up.
// Source: Documentation/networking/packet_mmap.rst; include/uapi/linux/if_packet.h (tpacket_block_desc, tpacket3_hdr).

import type { Device } from "./routes.ts";
import type { Unavailable } from "./libc.ts";
import { openPacketCalls } from "./packet-calls.ts";
import type { PacketCalls } from "./packet-calls.ts";
import {
  domainPacket,
  levelPacket,
  levelSocket,
  linkLayerAddress,
  optionInt,
  packetOptions,
  socketRaw,
  whyNotOpened,
} from "./packet-socket.ts";
import { probeFilter } from "./probe-filter.ts";
import type { ProbePorts } from "./probe-filter.ts";

const anyProtocol = 0x0003;
const tpacketV3 = 2;
const blockBytes = 256 * 1024;
const blocks = 64;
const frameBytes = 2048;
/** A block that does not fill is handed over after this: the resolution of round-trip times. */
const blockTimeoutMs = 1;
const optionAttachFilter = 26;
const pollIn = 0x0001;

const block = { status: 8, frames: 12, firstFrame: 16 } as const;
const frame = { next: 0, seconds: 4, nanoseconds: 8, captured: 12, link: 24 } as const;
const statusUser = 1;

/** `start`, `end`: where the frame lies in `view`, valid during the visit only. `atMs`: wall clock of its arrival. */
export type FrameVisitor = (view: DataView, start: number, end: number, atMs: number) => void;

export interface ProbeReceiver {
  /** With an Ethernet header in front. */
  readonly hasEthernet: boolean;
  /** Visits what has come since; how many. */
  receive(visit: FrameVisitor): number;
  /** Frames that found no room in the ring since the last question. */
  drops(): number;
  /** Blocks the thread until something came, or so long. */
  wait(timeoutMs: number): void;
  close(): void;
}

/** Needs CAP_NET_RAW in the network namespace that this thread is in. */
export async function openProbeReceiver(
  device: Device,
  ports: ProbePorts,
): Promise<ProbeReceiver | Unavailable> {
  const calls = await openPacketCalls();
  return "unavailable" in calls ? calls : receiverOn(calls, device, ports);
}

function receiverOn(calls: PacketCalls, device: Device, ports: ProbePorts): ProbeReceiver | Unavailable {
  const hasEthernet = device.kind !== "other";
  // Protocol 0: nothing is received before the filter is in place.
  const fd = calls.socket(domainPacket, socketRaw, 0);
  if (fd < 0) return { unavailable: whyNotOpened("socket(AF_PACKET)", -fd) };
  const steps: readonly (readonly [name: string, run: () => number])[] = [
    ["PACKET_VERSION", () => calls.setOption(fd, levelPacket, packetOptions.version, optionInt(tpacketV3))],
    ["SO_ATTACH_FILTER", () => attachFilter(calls, fd, probeFilter(ports, hasEthernet))],
    [
      "PACKET_IGNORE_OUTGOING",
      () => calls.setOption(fd, levelPacket, packetOptions.ignoreOutgoing, optionInt(1)),
    ],
    ["PACKET_RX_RING", () => calls.setOption(fd, levelPacket, packetOptions.receiveRing, ringRequest())],
    ["bind", () => calls.bind(fd, linkLayerAddress(anyProtocol, device.index))],
  ];
  for (const [name, run] of steps) {
    const result = run();
    if (result >= 0) continue;
    calls.close(fd);
    return { unavailable: whyNotOpened(name, -result) };
  }
  const mapping = calls.map(fd, blocks * blockBytes);
  if (mapping === undefined) {
    calls.close(fd);
    return { unavailable: "the kernel does not map the ring of received packets" };
  }
  const view = new DataView(mapping.memory);
  const words = new Int32Array(mapping.memory);
  const pollEntry = Buffer.alloc(8);
  pollEntry.writeInt32LE(fd, 0);
  pollEntry.writeInt16LE(pollIn, 4);
  const statistics = Buffer.alloc(12);
  let next = 0;
  return {
    hasEthernet,
    receive(visit) {
      let received = 0;
      for (let turn = 0; turn < blocks; turn += 1) {
        const at = next * blockBytes;
        const status = (at + block.status) >> 2;
        if ((Atomics.load(words, status) & statusUser) === 0) break;
        received += readBlock(view, at, visit);
        Atomics.store(words, status, 0);
        next = (next + 1) % blocks;
      }
      return received;
    },
    drops() {
      const asked = calls.getOption(fd, levelPacket, packetOptions.statistics, statistics);
      return asked < 0 ? 0 : statistics.readUInt32LE(4);
    },
    wait: (timeoutMs) => void calls.poll(pollEntry, timeoutMs),
    close() {
      calls.close(fd);
      mapping.unmap();
    },
  };
}

function readBlock(view: DataView, at: number, visit: FrameVisitor): number {
  const frames = view.getUint32(at + block.frames, true);
  let from = at + view.getUint32(at + block.firstFrame, true);
  for (let index = 0; index < frames; index += 1) {
    const start = from + view.getUint16(from + frame.link, true);
    const end = start + view.getUint32(from + frame.captured, true);
    const atMs =
      view.getUint32(from + frame.seconds, true) * 1_000 +
      view.getUint32(from + frame.nanoseconds, true) / 1e6;
    visit(view, start, end, atMs);
    from += view.getUint32(from + frame.next, true);
  }
  return frames;
}

/** `struct tpacket_req3`: block size, blocks, frame size, frames, timeout, private bytes, features. */
function ringRequest(): Buffer {
  const request = Buffer.alloc(28);
  const fields = [blockBytes, blocks, frameBytes, (blockBytes / frameBytes) * blocks, blockTimeoutMs, 0, 0];
  for (const [index, value] of fields.entries()) request.writeUInt32LE(value, index * 4);
  return request;
}

/** `struct sock_fprog`: how many, and where they stand. The kernel copies them. */
function attachFilter(calls: PacketCalls, fd: number, filter: Buffer): number {
  const program = Buffer.alloc(16);
  program.writeUInt16LE(filter.length / 8, 0);
  program.writeBigUInt64LE(calls.addressOf(filter), 8);
  return calls.setOption(fd, levelSocket, optionAttachFilter, program);
}
