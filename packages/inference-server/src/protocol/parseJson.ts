/**
 * Stands before the digits of an integer that a double may not hold. From
 * Unicode's private use area, so that no real value of a tensor starts with it.
 */
const MARK = '\uE0FF';

/**
 * What is escaped in a string, the end of one, or a number of 16 characters and
 * more. Not a string as a whole: one of megabytes is too much for the matcher.
 */
const ESCAPE_QUOTE_OR_LONG_NUMBER = /\\.|"|-?\d[\d.eE+-]{15,}/gs;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;

/**
 * Parses JSON without losing digits of integers beyond 2^53: they come back as
 * marked strings, for {@link exactInteger} to read.
 *
 * `JSON.parse` shows the source text of a number from Node 22 on only, so long
 * integers are put in quotes beforehand. Text without 16 digits in a row, which
 * is nearly all there is, goes through `JSON.parse` untouched.
 */
export function parseJsonExactly(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  let inString = false;
  return JSON.parse(
    text.replace(ESCAPE_QUOTE_OR_LONG_NUMBER, token => {
      if (token === '"') inString = !inString;
      return !inString && INTEGER.test(token) ? `"${MARK}${token}"` : token;
    }),
  );
}

/** The integer behind a marked string; undefined for any other value. */
export function exactInteger(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !value.startsWith(MARK)) return undefined;
  const digits = value.slice(MARK.length);
  return INTEGER.test(digits) ? BigInt(digits) : undefined;
}

/** An integer in the form that {@link stringifyExactly} writes with all its digits. */
export function markInteger(integer: { toString(): string }): string {
  return `${MARK}${integer}`;
}

const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g');

/** Writes what {@link parseJsonExactly} read, with all digits of its integers. */
export function stringifyExactly(value: unknown): string {
  return JSON.stringify(value).replace(MARKED, '$1');
}
