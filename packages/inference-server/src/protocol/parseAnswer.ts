import { parseJsonExactly } from './parseJson';

/**
 * What is escaped in a string, the end of one, or a number that JSON has no
 * literal for, as Python writes it.
 */
const ESCAPE_QUOTE_OR_SPECIAL = /\\.|"|-?Infinity|NaN/gs;

/**
 * Parses the JSON of a server's answer. Integers keep all their digits, and
 * the bare NaN and Infinity of Python's writers are taken as the strings that
 * the protocol has for them.
 */
export function parseAnswer(text: string): unknown {
  try {
    return parseJsonExactly(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    let inString = false;
    return parseJsonExactly(
      text.replace(ESCAPE_QUOTE_OR_SPECIAL, token => {
        if (token === '"') inString = !inString;
        return inString || /^["\\]/.test(token) ? token : `"${token}"`;
      }),
    );
  }
}
