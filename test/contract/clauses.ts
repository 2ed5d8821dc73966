import type { Reader, Writer } from "../../src/store/store.ts";

export interface OpenStore {
  readonly writer: Writer;
  readonly reader: Reader;
}

/** What a store must do about one noun: sentence → how it is shown with a fresh, empty one. */
export type Clauses = Readonly<Record<string, (store: OpenStore) => Promise<void>>>;
