import { InputError } from '@backstage/errors';

/** Makes an opaque page cursor of a sort key. */
export function encodeCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!key || encodeCursor(key) !== cursor) {
    throw new InputError(
      'cursor: is not one that this API gave out; leave it away to start at the first page',
    );
  }
  return key;
}
