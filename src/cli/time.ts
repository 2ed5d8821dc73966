/** `2026-11-20 14:03:07` in the reader's zone. */
export function localTime(ms: number | null): string {
  if (ms === null) return "";
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
