/** What reading foreign text came to: the value, or what is wrong and at which character (0 = the first). */
export type Parsed<Value> = { readonly value: Value } | { readonly problem: string; readonly at: number };
