import { nearest } from "../base/nearest.ts";

/** A leaf of the schema, by its path. */
export type LeafPath = readonly string[];

const prefix = "PORTOLAN_";

/** `detect.lookBack` → `PORTOLAN_DETECT_LOOK_BACK`. */
export function variableOf(path: LeafPath): string {
  return prefix + path.map((part) => part.replace(/[A-Z]/g, "_$&").toUpperCase()).join("_");
}

/** A known variable that a set one most likely was meant to be; other programs' variables stay alone. */
export function meantVariable(name: string, paths: readonly LeafPath[]): string | undefined {
  return name.startsWith(prefix) ? nearest(name, paths.map(variableOf)) : undefined;
}
