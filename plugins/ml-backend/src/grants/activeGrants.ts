import type { Knex } from 'knex';
import type { GrantRow } from './DatabaseGrantStore';

/**
 * A query on the grants that are good now. There is no cache: whoever asks
 * after a revocation was acknowledged does not find it any more.
 */
export function activeGrants(connection: Knex) {
  return connection<GrantRow>('ml_grants')
    .whereNull('revoked_at')
    .where('expires_at', '>', new Date().toISOString());
}
