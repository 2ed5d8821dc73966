/** Numbers and times in words, by the browser's own tables. */

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["week", 7 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

const cache = new Map<string, Intl.RelativeTimeFormat | Intl.DateTimeFormat | Intl.NumberFormat>();
function cached<Format extends Intl.RelativeTimeFormat | Intl.DateTimeFormat | Intl.NumberFormat>(
  key: string,
  make: () => Format,
): Format {
  const known = cache.get(key);
  if (known !== undefined) return known as Format;
  const made = make();
  cache.set(key, made);
  return made;
}

export function relative(ms: number, now: number, language: string): string {
  const format = cached(
    `r ${language}`,
    () => new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }),
  );
  const distance = ms - now;
  // A clock that is a little ahead must not say "in 1 second".
  if (Math.abs(distance) < 5_000) return format.format(0, "second");
  for (const [unit, size] of steps) {
    if (Math.abs(distance) >= size || unit === "second")
      // What is past has been whole units ago; what comes is nearest to so many.
      return format.format(distance < 0 ? Math.trunc(distance / size) : Math.round(distance / size), unit);
  }
  return "";
}

const clockFields = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
const dateFields = { month: "short", day: "numeric" } as const;
/** Ways to write a moment. */
const moments = {
  exact: { year: "numeric", ...dateFields, ...clockFields, timeZoneName: "short" },
  clock: clockFields,
  day: { weekday: "short", ...dateFields },
  date: dateFields,
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

function moment(way: keyof typeof moments) {
  return (ms: number, language: string, zone: string): string =>
    cached(
      `${way} ${language} ${zone}`,
      () => new Intl.DateTimeFormat(language, { timeZone: zone, ...moments[way] }),
    ).format(ms);
}
export const exact = moment("exact");
export const clock = moment("clock");
export const day = moment("day");
export const date = moment("date");

export function count(value: number, language: string): string {
  return cached(`n ${language}`, () => new Intl.NumberFormat(language)).format(value);
}

/** How far a zone's clock is ahead of UTC at that moment, in ms; between -12 h and +12 h. */
export function zoneOffset(ms: number, zone: string): number {
  const [hours = 0, minutes = 0] = clock(ms, "en", zone).split(":").map(Number);
  const utc = new Date(ms);
  const ahead = hours * 60 + minutes - utc.getUTCHours() * 60 - utc.getUTCMinutes();
  return (((((ahead + 720) % 1_440) + 1_440) % 1_440) - 720) * 60_000;
}

/** `12K`, `1.5M`: for a scale, where there is little room. */
export function short(value: number, language: string): string {
  return cached(
    `s ${language}`,
    () => new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }),
  ).format(value);
}

/** `3 d`, `4 h 12 min`, `2.1 s`: the two largest units. */
export function duration(ms: number, language: string): string {
  if (ms < 10_000) return unit(Math.round(ms / 100) / 10, "second", language);
  const sizes = steps.filter(([name]) => name !== "week" && name !== "month");
  const at = sizes.findIndex(([, size]) => ms >= size);
  const [name, size] = sizes[at] ?? ["second", 1_000];
  const whole = Math.floor(ms / size);
  const next = sizes[at + 1];
  const rest = next === undefined ? 0 : Math.floor((ms - whole * size) / next[1]);
  const head = unit(whole, name, language);
  return next === undefined || rest === 0 ? head : `${head} ${unit(rest, next[0], language)}`;
}

function unit(value: number, name: string, language: string): string {
  return cached(
    `u ${name} ${language}`,
    () =>
      new Intl.NumberFormat(language, {
        style: "unit",
        unit: name,
        unitDisplay: "short",
        maximumFractionDigits: 1,
      }),
  ).format(value);
}

const byteUnits = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `3.2 GB`. */
export function bytes(value: number, language: string): string {
  const step = Math.floor(Math.log10(Math.max(1, value)) / 3);
  const at = Math.min(byteUnits.length - 1, Math.max(0, step));
  return unit(value / 1000 ** at, byteUnits[at] ?? "byte", language);
}

const bitUnits = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"] as const;

/** `980 kbit/s`, as networks are sold and `--bandwidth` reads them. */
export function bitRate(bitsPerSecond: number, language: string): string {
  const step = Math.floor(Math.log10(Math.max(1, bitsPerSecond)) / 3);
  const at = Math.min(bitUnits.length - 1, step);
  return `${count(Math.round(bitsPerSecond / 10 ** (3 * at - 1)) / 10, language)} ${bitUnits[at]}`;
}

/** `1.2%`. */
export function share(value: number, language: string): string {
  return cached(
    `p ${language}`,
    () => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 }),
  ).format(value);
}
