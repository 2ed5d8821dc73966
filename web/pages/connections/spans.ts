/** Stretches that a person asks for; the first is shown unasked. */
export const spans = ["1h", "24h", "7d", "1y"] as const;
export type Span = (typeof spans)[number];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
export const spanMs: Readonly<Record<Span, number>> = {
  "1h": hourMs,
  "24h": dayMs,
  "7d": 7 * dayMs,
  "1y": 365 * dayMs,
};

export function spanOf(text: string | undefined): Span {
  return spans.find((span) => span === text) ?? spans[0];
}
