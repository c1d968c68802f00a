/** From Unicode's private use area, so that no value of a file starts with it. */
const SIGN = '\uE0FE';

/** Strings are matched too, so that what looks like a number inside of one is left alone. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}/g;

/**
 * JSON in which integers beyond 2^53 become a `bigint` instead of losing digits.
 * @public
 */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const marked = text.replace(STRING_OR_NUMBER, token =>
    /^-?[1-9]\d*$/.test(token) ? `"${SIGN}${token}"` : token,
  );
  return JSON.parse(marked, (_key, value) =>
    typeof value === 'string' && value.startsWith(SIGN)
      ? BigInt(value.slice(SIGN.length))
      : value,
  );
}

/**
 * The counterpart: writes `bigint` as a number, and moments as ISO 8601.
 * @public
 */
export function writeExactJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Object.is(value, -0)) return '-0.0';
  if (value instanceof Uint8Array) {
    return JSON.stringify(Buffer.from(value).toString('base64'));
  }
  if (Array.isArray(value)) return `[${value.map(writeExactJson).join(',')}]`;
  if (value && typeof value === 'object' && !(value instanceof Date)) {
    const entries = Object.entries(value).map(
      ([key, item]) => `${JSON.stringify(key)}:${writeExactJson(item)}`,
    );
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
