import type { AuthService } from '@backstage/backend-plugin-api';
import {
  RELATION_CHILD_OF,
  RELATION_MEMBER_OF,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';

/**
 * Who is behind the users and groups that roles and grants name, by the catalog
 * of now. The rule is that of Backstage's sign-in, which everything is enforced
 * by: a user stands for the groups that it is a direct member of.
 */
export class People {
  readonly #options: { auth: AuthService; catalog: CatalogService };

  constructor(options: { auth: AuthService; catalog: CatalogService }) {
    this.#options = options;
  }

  /** Child groups of groups, where there are any. */
  async findChildGroups(
    refs: readonly string[],
  ): Promise<Map<string, string[]>> {
    const groups = refs.filter(ref => ref.startsWith('group:'));
    const found = new Map<string, string[]>();
    if (!groups.length) return found;
    const { auth, catalog } = this.#options;
    const { items } = await catalog.getEntities(
      { filter: { kind: 'Group', 'relations.childOf': groups } },
      { credentials: await auth.getOwnServiceCredentials() },
    );
    for (const child of items) {
      for (const { targetRef, type } of child.relations ?? []) {
        if (type !== RELATION_CHILD_OF || !groups.includes(targetRef)) continue;
        const known = found.get(targetRef) ?? [];
        found.set(targetRef, [...known, stringifyEntityRef(child)]);
      }
    }
    return found;
  }

  /** Users by reference: of a group its members, and not those of its child groups, of a user itself where there is one. */
  async findBehind(refs: readonly string[]): Promise<Map<string, string[]>> {
    const wanted = [...new Set(refs)];
    const found = new Map(wanted.map(ref => [ref, [] as string[]]));
    if (!wanted.length) return found;
    const { auth, catalog } = this.#options;
    const credentials = await auth.getOwnServiceCredentials();
    const groups = wanted.filter(ref => ref.startsWith('group:'));
    const users = wanted.filter(ref => ref.startsWith('user:'));
    const [members, named] = await Promise.all([
      groups.length
        ? catalog.getEntities(
            { filter: { kind: 'User', 'relations.memberOf': groups } },
            { credentials },
          )
        : { items: [] },
      users.length
        ? catalog.getEntitiesByRefs({ entityRefs: users }, { credentials })
        : { items: [] },
    ]);
    for (const user of named.items) {
      if (!user) continue;
      const ref = stringifyEntityRef(user);
      found.get(ref)?.push(ref);
    }
    for (const user of members.items) {
      for (const { targetRef, type } of user.relations ?? []) {
        if (type !== RELATION_MEMBER_OF) continue;
        found.get(targetRef)?.push(stringifyEntityRef(user));
      }
    }
    return found;
  }
}
