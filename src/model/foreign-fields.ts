import { z } from "zod";
import { parseCidr } from "../base/cidr.ts";
import { PortolanError } from "../base/errors.ts";
import { isId } from "../base/id.ts";
import { isCanonicalAddress } from "../base/ip.ts";
import { hasUnsafeCharacters } from "../base/text.ts";
import { fitText } from "./fit-listener.ts";
import { sentenceCharactersMax, timeMsMax } from "./listener-check.ts";
import { nameCharactersMax } from "./process.ts";

/** The fields that bodies of sources are made of, each with its bound. */

const hostAddressesMax = 1_024;
/** Mistakes told of one body. */
export const mistakesMax = 20;

export const text = (charactersMax: number): z.ZodString =>
  z
    .string()
    .max(charactersMax)
    .refine((value) => !hasUnsafeCharacters(value), "has control characters");
export const name = text(nameCharactersMax).min(1);
export const whole = (max: number): z.ZodNumber => z.int().min(0).max(max);
export const timeMs = whole(timeMsMax);
export const id = z.string().refine(isId, "is not a UUIDv7 in lower case");
export const address = z
  .string()
  .refine(isCanonicalAddress, "is not an IP address in its canonical spelling");

export const addressOrBlock = z
  .string()
  .refine(isAddressOrBlock, "is neither a canonical address nor a canonical prefix");

function isAddressOrBlock(value: string): boolean {
  if (isCanonicalAddress(value)) return true;
  const block = parseCidr(value);
  return "value" in block && block.value.text === value;
}

export const hostIdentity = z.strictObject({
  hostname: name,
  machineId: name.nullable(),
  addresses: z.array(address).max(hostAddressesMax),
  operatingSystem: name.nullable(),
});

/** Parsed JSON by a schema, or `invalid` that names the first mistakes by their path. Unknown keys are mistakes. */
export function understand<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.slice(0, mistakesMax).map(({ path, message }) => ({
    path: fitText(path.map(String).join("."), sentenceCharactersMax),
    problem: fitText(message, sentenceCharactersMax),
  }));
  const [first] = mistakes;
  throw new PortolanError("invalid", `The batch is not understood: ${first?.path}: ${first?.problem}`, {
    hint: "The agent and the server may be of different versions.",
    details: { mistakes },
  });
}
