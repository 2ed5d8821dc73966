const rememberedMax = 20_000;

/**
 * Makes a value of each text once; for texts that repeat (owners and addresses of a fleet are few). The values are
 * shared: never change them. Forgets everything when it is full, which costs only time.
 */
export function remembering<Value>(make: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = make(text);
    if (known.size >= rememberedMax) known.clear();
    known.set(text, value);
    return value;
  };
}
