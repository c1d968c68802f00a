import { parseJsonExactly } from './parseJson';

/** A string, or a number that JSON has no literal for, as Python writes it. */
const STRING_OR_SPECIAL = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

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
    return parseJsonExactly(
      text.replace(STRING_OR_SPECIAL, token =>
        token.startsWith('"') ? token : `"${token}"`,
      ),
    );
  }
}
