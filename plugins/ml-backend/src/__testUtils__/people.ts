import type { Entity } from '@backstage/catalog-model';

/** A user of the catalog, and the group that it belongs to. */
export function userEntity(name: string, team: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, namespace: 'default' },
    spec: {
      profile: { displayName: `The ${name}`, email: `${name}@example.com` },
      memberOf: [team],
    },
    relations: [{ type: 'memberOf', targetRef: `group:default/${team}` }],
  };
}

/** A group below another one. */
export function childGroup(name: string, parent: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name, namespace: 'default' },
    spec: { type: 'team', parent, children: [] },
    relations: [{ type: 'childOf', targetRef: `group:default/${parent}` }],
  };
}
