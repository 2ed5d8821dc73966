/** The URL is the state. Values stay text, so that a link reads `?q=6379&sort=-since`. */

export type Search = Readonly<Record<string, string>>;

export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const result = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") result.set(key, value);
  }
  return result.size === 0 ? "" : `?${result.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
}

/** Known keys with text in them; anything else in a pasted link is dropped. */
export function pick<const Key extends string>(...keys: Key[]) {
  return (given: Record<string, unknown>): { [K in Key]?: string } => {
    const result: { [K in Key]?: string } = {};
    for (const key of keys) {
      const value = given[key];
      if (typeof value === "string" && value !== "" && value.length <= 500) result[key] = value;
    }
    return result;
  };
}

/** A change of what the URL holds; keys without text go. */
export function changed<Search extends object>(
  before: Search,
  change: { readonly [Key in keyof Search]?: Search[Key] | undefined },
): Search {
  return Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined && value !== ""),
  ) as Search;
}
