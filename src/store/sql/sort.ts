/** `-field` → descending. */
export function sortOf<Field extends string>(
  sort: Field | `-${Field}` | undefined,
  fallback: Field | `-${Field}`,
): { readonly name: Field; readonly descending: boolean } {
  const text: string = sort ?? fallback;
  return text.startsWith("-")
    ? { name: text.slice(1) as Field, descending: true }
    : { name: text as Field, descending: false };
}
