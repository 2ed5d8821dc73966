import { isUtf8 } from "node:buffer";
import { PortolanError } from "../base/errors.ts";
import type { ConnectionBatch } from "../model/connection-intake.ts";
import { parseConnectionBatch } from "../model/connection-intake-schema.ts";
import { parseIntakeBatch } from "../model/intake-schema.ts";
import { intakeBytesMax, type IntakeBatch } from "../model/intake.ts";

/** Bytes from outside to a batch. Throws `invalid` with the reason; nothing of a bad batch is used. */
export const parseIntake = (body: Uint8Array): IntakeBatch => parseIntakeBatch(fromBytes(body));

export const parseConnections = (body: Uint8Array): ConnectionBatch => parseConnectionBatch(fromBytes(body));

function fromBytes(body: Uint8Array): unknown {
  if (body.byteLength > intakeBytesMax) {
    throw new PortolanError(
      "invalid",
      `A batch may have ${intakeBytesMax} bytes; this one has ${body.byteLength}.`,
    );
  }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!isUtf8(bytes)) throw new PortolanError("invalid", "The batch is not UTF-8.");
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new PortolanError(
      "invalid",
      `The batch is not JSON: ${error instanceof Error ? error.message : ""}`,
      { cause: error },
    );
  }
}
