const UNITS: ReadonlyArray<[name: string, milliseconds: number]> = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
];
const FACTORS = new Map([...UNITS, ['m', 60_000] as const]);
const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)/gi;

/**
 * Reads `30 min`, `1 h 30 min`, `90s`; undefined when it is none. A unit is
 * needed, so that nobody means seconds and gets milliseconds.
 * @public
 */
export function parseExactDuration(text: string): number | undefined {
  const parts = [...text.matchAll(PART)];
  if (!parts.length || text.replace(PART, '').trim()) return undefined;
  let total = 0;
  for (const [, amount, unit] of parts) {
    const factor = FACTORS.get(unit.toLowerCase());
    if (!factor) return undefined;
    total += Number(amount) * factor;
  }
  return Math.round(total);
}

/**
 * `1 h 30 min`: nothing is rounded, so that reading it again gives the same.
 * @public
 */
export function formatExactDuration(milliseconds: number): string {
  const parts: string[] = [];
  let rest = milliseconds;
  for (const [name, size] of UNITS) {
    const amount = name === 'ms' ? rest : Math.floor(rest / size);
    rest -= amount * size;
    if (amount) parts.push(`${amount} ${name}`);
  }
  return parts.join(' ') || '0 s';
}
