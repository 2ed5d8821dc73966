import { isUtf8 } from "node:buffer";
import { PortolanError } from "../base/errors.ts";
import { parseIntakeBatch } from "../model/intake-schema.ts";
import type { IntakeBatch } from "../model/intake.ts";

/** Bytes from outside to a batch. Throws `invalid` with the reason; nothing of a bad batch is used. */
export function parseIntake(body: Uint8Array): IntakeBatch {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!isUtf8(bytes)) throw new PortolanError("invalid", "The batch is not UTF-8.");
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new PortolanError(
      "invalid",
      `The batch is not JSON: ${error instanceof Error ? error.message : ""}`,
      { cause: error },
    );
  }
  return parseIntakeBatch(value);
}
