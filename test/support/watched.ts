/** The same value, and how often a field of it or of what it holds was read: work that is the same on every machine. */
export interface Watched<Value> {
  readonly value: Value;
  readonly reads: () => number;
}

export function watched<Value extends object>(value: Value): Watched<Value> {
  let reads = 0;
  const known = new WeakMap<object, object>();
  const watch = <Field>(field: Field): Field => {
    if (typeof field !== "object" || field === null) return field;
    const found = known.get(field) ?? made(field);
    known.set(field, found);
    return found as Field;
  };
  const made = (target: object): object =>
    target instanceof Map
      ? new Map(Array.from(target as Map<unknown, unknown>, ([key, one]) => [key, watch(one)]))
      : new Proxy(target, {
          get(of, key) {
            reads += 1;
            return watch<unknown>(Reflect.get(of, key));
          },
        });
  return { value: watch(value), reads: () => reads };
}
