import type { AuthService } from '@backstage/backend-plugin-api';
import {
  RELATION_MEMBER_OF,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';

/** Who is behind the users and groups that roles and grants name, by the catalog of now. */
export class People {
  readonly #options: { auth: AuthService; catalog: CatalogService };

  constructor(options: { auth: AuthService; catalog: CatalogService }) {
    this.#options = options;
  }

  /** Users by reference: of a group its members, of a user itself where there is one. */
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
