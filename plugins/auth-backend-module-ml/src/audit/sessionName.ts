import { createHash } from 'node:crypto';

/**
 * Names a session without giving it away: entries that have the same name are
 * of one session, between two renewals of its token.
 */
export function sessionName(token: string | undefined): string | undefined {
  return token === undefined
    ? undefined
    : createHash('sha256').update(token).digest('hex').slice(0, 16);
}
