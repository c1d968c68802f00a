const UNITS: ReadonlyArray<[name: string, bytes: number]> = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
];
const FACTORS = new Map<string, number>([
  ...UNITS.map(([name, bytes]) => [name.toLowerCase(), bytes] as const),
  ['tb', 1e12],
  ['gb', 1e9],
  ['mb', 1e6],
  ['kb', 1e3],
  ['b', 1],
  ['', 1],
]);

/**
 * Reads `12GiB`, `1.5 TB` or a bare number of bytes; undefined when it is none.
 * @public
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const factor = match && FACTORS.get(match[2].toLowerCase());
  if (!match || !factor) return undefined;
  const bytes = Math.round(Number(match[1]) * factor);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/**
 * `12 GiB`, in the largest unit that leaves a number above 1.
 * @public
 */
export function formatByteSize(bytes: number): string {
  const [name, size] = UNITS.find(([, unit]) => bytes >= unit) ?? ['bytes', 1];
  return `${Number((bytes / size).toFixed(1))} ${name}`;
}
