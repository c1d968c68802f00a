import { createHash, timingSafeEqual } from 'node:crypto';

/** Says whether an Authorization header carries the token, in a time that does not tell how much of it fits. */
export function checkToken(header: string | undefined, token: string): boolean {
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${token}`));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
