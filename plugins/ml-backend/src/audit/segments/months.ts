/** The month of a time in ISO 8601, as `2026-11`. */
export function monthOf(at: string): string {
  return at.slice(0, 7);
}

export function monthsAfter(month: string, count: number): string {
  const [year, number] = month.split('-').map(Number);
  return monthOf(new Date(Date.UTC(year, number - 1 + count, 1)).toISOString());
}

/** Its first moment, in ISO 8601. */
export function beginOf(month: string): string {
  return `${month}-01T00:00:00.000Z`;
}
