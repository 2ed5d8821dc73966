export const mistakesMax = 50;

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong, and where: at a place of the file, a variable or a flag. */
export interface Mistake {
  readonly place: Place | null;
  /** `agent.interval`, `rules.3.host`; empty for the file itself. */
  readonly key: string;
  readonly problem: string;
}

/** A file as plain values, with the place of each by its path. */
export interface Read {
  readonly value: unknown;
  /** Of the key where there is one, by path (`placeKey`). */
  readonly keyPlaces: ReadonlyMap<string, Place>;
  readonly valuePlaces: ReadonlyMap<string, Place>;
  readonly mistakes: readonly Mistake[];
}

/** Keys may hold dots; a zero cannot stand in YAML. */
export const placeKey = (path: readonly PropertyKey[]): string => path.map(String).join("\0");

/** Of no file at all. */
export const nothingRead: Read = { value: {}, keyPlaces: new Map(), valuePlaces: new Map(), mistakes: [] };
