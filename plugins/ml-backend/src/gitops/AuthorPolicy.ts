import type { Config } from '@backstage/config';
import { type Environment } from '@ml-platform/plugin-ml-common';
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
 * roles are configured, to be an engineer.
 */
export class AuthorPolicy {
  readonly #roles: Record<string, string[]> | undefined;

  constructor(options: { roles: Record<string, string[]> | undefined }) {
    this.#roles = options.roles;
  }

  static fromConfig(config: Config): AuthorPolicy {
    const section = config.getOptionalConfig('ml.roles');
    const roles =
      section &&
      Object.fromEntries(
        ['platform-admin', 'ml-engineer'].map(role => [
          role,
          (section.getOptionalStringArray(role) ?? []).map(ref =>
            ref.toLowerCase(),
          ),
        ]),
      );
    return new AuthorPolicy({ roles });
  }

  /** @returns why not; undefined when the author may */
  findObjection(
    author: Author,
    environment: Environment,
    model: { name: string; owner: string },
  ): string | undefined {
    const refs = author.ownershipRefs.map(ref => ref.toLowerCase());
    const has = (role: string) =>
      this.#roles?.[role]?.some(ref => refs.includes(ref)) ?? false;
    if (has('platform-admin')) return undefined;
    const permission = deployPermission(environment).name;
    if (!refs.includes(model.owner.toLowerCase())) {
      return `${author.ref} lacks the permission ${permission} for ${model.name}: a commit releases models of its author's own teams only, and ${model.name} belongs to ${model.owner}`;
    }
    if (this.#roles && !has('ml-engineer')) {
      return `${author.ref} lacks the permission ${permission} for ${model.name}: it has none of the roles ml-engineer and platform-admin`;
    }
    return undefined;
  }
}
