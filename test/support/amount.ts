/** `npm run test:long`. */
const isLong = process.env["PORTOLAN_LONG"] === "1";

/** How many: few in `npm test`, as many as the check is about in the long form, or what the variable `name` says. */
export function amount(
  name: string,
  { short, long }: { readonly short: number; readonly long: number },
): number {
  const given = process.env[name];
  if (given === undefined) return isLong ? long : short;
  const count = Number(given);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${name} is not a number from 1: ${given}`);
  return count;
}
