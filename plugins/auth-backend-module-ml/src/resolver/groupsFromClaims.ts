import {
  DEFAULT_NAMESPACE,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { z } from 'zod';

const GROUP_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

export const groupsSchema = z.strictObject({
  claim: z.string().min(1).default('groups'),
  map: z.record(z.string(), z.string()).default({}),
  byName: z.boolean().default(false),
});

/** Which groups of the catalog a claim stands for. */
export type GroupsOptions = z.infer<typeof groupsSchema>;

/** Reads the map once, so that a mistake in it stops the start. */
export function createGroupMapping(
  options: GroupsOptions,
): (claims: Record<string, unknown>) => string[] {
  const map = new Map(
    Object.entries(options.map).map(([value, ref]) => [value, groupRef(ref)]),
  );
  return claims => {
    const values = [claims[options.claim] ?? []].flat();
    const refs = values
      .filter(value => typeof value === 'string')
      .flatMap(value => {
        const mapped = map.get(value);
        if (mapped) return mapped;
        // The provider's word is a name, never a reference to something else.
        return options.byName && GROUP_NAME.test(value) ? groupRef(value) : [];
      });
    return [...new Set(refs)];
  };
}

function groupRef(text: string): string {
  const ref = parseEntityRef(text, {
    defaultKind: 'Group',
    defaultNamespace: DEFAULT_NAMESPACE,
  });
  if (ref.kind.toLowerCase() !== 'group') {
    throw new Error(
      `ml.signIn.groups.map: '${text}' is not a group; use group:<namespace>/<name>`,
    );
  }
  return stringifyEntityRef(ref);
}
