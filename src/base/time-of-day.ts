export const minutesPerDay = 24 * 60;

/** Minutes since midnight of `HH:MM`, whose form the caller has checked. */
export function minuteOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Minutes since midnight, as the clock on the wall of this machine shows them. */
export function minuteOnTheWall(ms: number): number {
  const time = new Date(ms);
  return time.getHours() * 60 + time.getMinutes();
}

/** Whether a minute lies between two others, also over midnight; the end is outside, the same twice is the whole day. */
export const isBetween = (minute: number, from: number, to: number): boolean =>
  from < to ? minute >= from && minute < to : minute >= from || minute < to;
