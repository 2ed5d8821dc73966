import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const css = readFileSync(new URL("tokens.css", import.meta.url), "utf8");

/** Text and the surfaces it is drawn on: WCAG 2.2, 1.4.3 asks 4.5. */
const surfaces = ["canvas", "paper", "sunken", "hover", "picked"];
const inks = ["ink", "ink-2", "ink-3", "accent-ink", "new", "down", "recovered", "changed", "risk"];
const textPairs = [
  ...inks.flatMap((ink) => surfaces.map((surface) => [ink, surface] as const)),
  ...["new", "down", "recovered", "changed", "risk"].map((kind) => [kind, `${kind}-soft`] as const),
  ...["new", "down", "recovered", "changed", "risk", "accent"].map(
    (kind) => ["ink", `${kind}-soft`] as const,
  ),
  ["accent-ink", "accent-soft"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["rail-ink", "rail"],
  ["rail-on", "rail-picked"],
] as const;

/** Edges of controls and the focus ring: 1.4.11 asks 3. */
const shapePairs = [
  ["control", "paper"],
  ["control", "canvas"],
  ["focus", "paper"],
  ["focus", "canvas"],
  ["focus", "sunken"],
] as const;

for (const scheme of ["light", "dark"] as const) {
  test(`every pair of tokens drawn on each other has AA contrast in the ${scheme} theme`, () => {
    const tokens = tokensOf(scheme);
    const failures = [
      ...textPairs.map((pair) => [pair, 4.5] as const),
      ...shapePairs.map((pair) => [pair, 3] as const),
    ].flatMap(([[front, back], least]) => {
      const ratio = contrast(tokens.get(front), tokens.get(back));
      return ratio >= least ? [] : [`${front} on ${back}: ${ratio.toFixed(2)} < ${least}`];
    });
    assert.deepEqual(failures, []);
  });
}

function tokensOf(scheme: "light" | "dark"): Map<string, string> {
  const block = css.split(`[data-mantine-color-scheme="${scheme}"] {`)[1]?.split("}")[0] ?? "";
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));
}

/** WCAG 2.2 relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(front: string | undefined, back: string | undefined): number {
  assert.ok(front !== undefined && back !== undefined, "a pair names a token that is not there");
  const [low = 0, high = 0] = [luminance(front), luminance(back)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
