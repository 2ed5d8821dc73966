/** JSON columns hold only what this folder wrote; reading them needs no second check. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}
