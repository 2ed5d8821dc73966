import type { en } from "./en.ts";

/** Names one text; English has them all. */
export type TextKey = keyof typeof en;

/** Every text in one language. */
export type Catalogue = Readonly<Record<TextKey, string>>;
