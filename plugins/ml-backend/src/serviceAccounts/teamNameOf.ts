import { DEFAULT_NAMESPACE, parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';

/** The short name of a group, for names of accounts: `quality-team`, or `ns.quality-team`. */
export function teamNameOf(group: string): string {
  const { kind, name, namespace } = parseEntityRef(group);
  if (kind.toLocaleLowerCase('en-US') !== 'group') {
    throw new InputError(
      `team: ${group} is no group; write for instance group:default/quality-team`,
    );
  }
  const parts = namespace === DEFAULT_NAMESPACE ? [name] : [namespace, name];
  const short = parts.join('.').toLocaleLowerCase('en-US');
  if (!/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/.test(short)) {
    throw new InputError(
      `team: the name of ${group} has signs that cannot stand in a certificate`,
    );
  }
  return short;
}
