import type { PermissionCriteria } from '@backstage/plugin-permission-common';
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
  } else {
    query[negate ? 'whereNotIn' : 'whereIn'](criteria.key, criteria.values);
  }
}
