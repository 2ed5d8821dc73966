import { deflateSync } from "node:zlib";

interface FrameShape {
  readonly compressed?: boolean;
  readonly large?: boolean;
  /** What the header says, where it differs from the truth. */
  readonly dataBytes?: number;
  readonly unpackedBytes?: number;
  readonly flags?: number;
}

/** A frame as Zabbix's programs make them, or as nobody should. */
export function frameBytes(message: string | Uint8Array, shape: FrameShape = {}): Buffer {
  const whole = Buffer.from(message);
  const data = shape.compressed ? deflateSync(whole) : whole;
  const reserved = shape.unpackedBytes ?? (shape.compressed ? whole.length : 0);
  const length = shape.dataBytes ?? data.length;
  const flags = shape.flags ?? 1 | (shape.compressed ? 2 : 0) | (shape.large ? 4 : 0);
  const lengths = Buffer.alloc(shape.large ? 16 : 8);
  if (shape.large) {
    lengths.writeBigUInt64LE(BigInt(length), 0);
    lengths.writeBigUInt64LE(BigInt(reserved), 8);
  } else {
    lengths.writeUInt32LE(length, 0);
    lengths.writeUInt32LE(reserved, 4);
  }
  return Buffer.concat([Buffer.from("ZBXD"), Buffer.from([flags]), lengths, data]);
}
