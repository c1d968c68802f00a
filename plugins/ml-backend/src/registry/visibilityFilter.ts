import type { PermissionCriteria } from '@backstage/plugin-permission-common';
import {
  GRANT_CAPABILITIES,
  includesCapability,
} from '@ml-platform/plugin-ml-common';
import type { ModelFilter } from '@ml-platform/plugin-ml-node';
import type { Knex } from 'knex';

/** Narrows a query on `ml_models` to what a permission decision admits. */
export function applyCriteria(
  query: Knex.QueryBuilder,
  criteria: PermissionCriteria<ModelFilter>,
  negate = false,
): void {
  if ('not' in criteria) {
    applyCriteria(query, criteria.not, !negate);
  } else if ('anyOf' in criteria || 'allOf' in criteria) {
    const any = 'anyOf' in criteria;
    const parts = any ? criteria.anyOf : criteria.allOf;
    query[negate ? 'whereNot' : 'where'](nested => {
      for (const part of parts) {
        nested[any ? 'orWhere' : 'where'](inner => applyCriteria(inner, part));
      }
    });
  } else if (criteria.key !== 'grant') {
    query[negate ? 'whereNotIn' : 'whereIn'](criteria.key, criteria.values);
  } else {
    query[negate ? 'whereNot' : 'where'](nested => {
      nested
        .whereIn('name', granted('model', criteria))
        .orWhereIn('owner', granted('team', criteria));
    });
  }
}

/** Of the grants that are good now, as `DatabaseGrantStore` has them. */
function granted(
  column: 'model' | 'team',
  { capability, subjects }: Extract<ModelFilter, { key: 'grant' }>,
) {
  return (query: Knex.QueryBuilder) =>
    query
      .from('ml_grants')
      .whereNull('revoked_at')
      .where('expires_at', '>', new Date().toISOString())
      .whereIn('subject', subjects)
      .whereIn(
        'capability',
        GRANT_CAPABILITIES.filter(held => includesCapability(held, capability)),
      )
      .whereNotNull(column)
      .select(column);
}
