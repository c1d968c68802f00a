import { isUtf8 } from 'node:buffer';
import { badRequest } from './InferenceError';

/**
 * Parses the JSON of a request. Throws an `InferenceError` that says what is
 * wrong, and never quotes the text: it may be personal data.
 */
export function parseBody(
  json: Buffer,
  parse: (text: string) => unknown,
): unknown {
  // Decoded, other bytes become a replacement character, and nobody is told.
  if (!isUtf8(json)) {
    throw badRequest(
      'the body is not valid JSON, which is in UTF-8; encode it so, and other bytes than text, for instance, as Base64',
    );
  }
  const text = json.toString('utf8');
  try {
    return parse(text);
  } catch {
    throw badRequest(
      text.trim() === ''
        ? 'the body is empty; send {"inputs": [...]} as JSON'
        : 'the body is not valid JSON; note that NaN and Infinity must be in quotes',
    );
  }
}
