const UNITS: Record<string, number> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A time as ISO 8601 from a date, a time, or an age before now; undefined when it is none of them. */
export function parseMoment(text: string, now: number): string | undefined {
  const time = timeOf(text, now);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function timeOf(text: string, now: number): number {
  const age = /^(\d{1,6})([mhd])$/.exec(text);
  if (age) return now - Number(age[1]) * UNITS[age[2]];
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
}
