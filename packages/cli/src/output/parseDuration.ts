const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/;
const FACTORS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads `90s`, `10m`, `1h`; a bare number counts seconds. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  const unit = (match[2] ?? 's') as keyof typeof FACTORS;
  return Number(match[1]) * FACTORS[unit];
}
