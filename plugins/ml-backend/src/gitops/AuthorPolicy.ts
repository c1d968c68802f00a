import type { Environment, Role } from '@ml-platform/plugin-ml-common';
import type { PolicySettings } from '../policy/PolicySettings';
import { deployPermission } from '../releases/checkReleasable';
import type { Author } from './AuthorDirectory';

/**
 * Decides what the author of a commit may have released, where nobody is
 * there whose token could be shown to the permission framework.
 *
 * @remarks
 * Backstage lets every service through its policy, so asking with our own
 * credentials would allow everything. This check stands in its place, and is
 * stricter than the usual policy: the author has to own the model, by itself
 * or as a member of the owning group, or to be a platform admin; and, where
 * anybody has a role, to be an engineer.
 */
export class AuthorPolicy {
  readonly #policies: PolicySettings;

  constructor(options: { policies: PolicySettings }) {
    this.#policies = options.policies;
  }

  /** @returns why not; undefined when the author may */
  async findObjection(
    author: Author,
    environment: Environment,
    model: { name: string; owner: string },
  ): Promise<string | undefined> {
    const roles = await this.#policies.get('roles');
    const refs = author.ownershipRefs.map(ref => ref.toLowerCase());
    const has = (role: Role) => roles[role].some(ref => refs.includes(ref));
    if (has('platform-admin')) return undefined;
    const lacks = `${author.ref} lacks the permission ${
      deployPermission(environment).name
    } for ${model.name}`;
    if (!refs.includes(model.owner.toLowerCase())) {
      return `${lacks}: a commit releases models of its author's own teams only, and ${model.name} belongs to ${model.owner}`;
    }
    const isConfigured = Object.values(roles).some(refsOf => refsOf.length);
    if (isConfigured && !has('ml-engineer')) {
      return `${lacks}: it has none of the roles ml-engineer and platform-admin`;
    }
    return undefined;
  }
}
