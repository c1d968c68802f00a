import type { AuthService } from '@backstage/backend-plugin-api';
import {
  type Entity,
  RELATION_MEMBER_OF,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { Person } from './git/GitTree';

/** A person of the catalog, with the groups that it is a member of. */
export interface Author {
  ref: string;
  /** The person and its groups. */
  ownershipRefs: string[];
}

/** Commits know names and addresses; the platform knows entities. */
export class AuthorDirectory {
  readonly #options: { auth: AuthService; catalog: CatalogService };

  constructor(options: { auth: AuthService; catalog: CatalogService }) {
    this.#options = options;
  }

  /** The one user with this e-mail address; undefined when there is none, or more. */
  async findByEmail(email: string): Promise<Author | undefined> {
    const { auth, catalog } = this.#options;
    const { items } = await catalog.getEntities(
      { filter: { kind: 'User', 'spec.profile.email': email } },
      { credentials: await auth.getOwnServiceCredentials() },
    );
    return items.length === 1 ? toAuthor(items[0]) : undefined;
  }

  /** How a commit names somebody; never fails, for a commit must not wait for the catalog. */
  async toPerson(ref: string): Promise<Person> {
    const name = ref.replace(/^.*[:/]/, '');
    // .invalid is reserved, so this is nobody's address.
    const fallback = {
      name,
      email: `${ref.replace(/[^\w-]+/g, '.')}@ml-platform.invalid`,
    };
    if (!ref.startsWith('user:')) return fallback;
    try {
      const { auth, catalog } = this.#options;
      const entity = await catalog.getEntityByRef(ref, {
        credentials: await auth.getOwnServiceCredentials(),
      });
      const profile = entity?.spec?.profile as
        | { displayName?: string; email?: string }
        | undefined;
      return {
        name: profile?.displayName ?? name,
        email: profile?.email ?? fallback.email,
      };
    } catch {
      return fallback;
    }
  }
}

function toAuthor(entity: Entity): Author {
  const ref = stringifyEntityRef(entity);
  const groups = (entity.relations ?? [])
    .filter(({ type }) => type === RELATION_MEMBER_OF)
    .map(({ targetRef }) => targetRef);
  return { ref, ownershipRefs: [ref, ...groups] };
}
