import {
  mlModelReadPermission,
  reachOf,
  ROLES,
} from '@ml-platform/plugin-ml-common';
import type { GrantStore } from '../grants/GrantStore';
import type { PolicySettings } from '../policy/PolicySettings';
import type { RegistryStore } from '../registry/RegistryStore';

/**
 * Who may be told that something about a model changed: whoever the roles let
 * see it. Signals pass no permission check on their way, so nobody else is told.
 */
export class Audience {
  readonly #options: {
    models: Pick<RegistryStore, 'getModel'>;
    grants: Pick<GrantStore, 'listActive'>;
    policies: PolicySettings;
  };

  constructor(options: {
    models: Pick<RegistryStore, 'getModel'>;
    grants: Pick<GrantStore, 'listActive'>;
    policies: PolicySettings;
  }) {
    this.#options = options;
  }

  /**
   * @returns entity references of users and groups; undefined where nobody has a
   * role, so that somebody else's policy decides, which cannot be asked backwards
   */
  async of(name: string): Promise<string[] | undefined> {
    const { grants, models, policies } = this.#options;
    const members = await policies.get('roles');
    if (ROLES.every(role => members[role].length === 0)) return undefined;
    const seesAll = ROLES.filter(
      role => reachOf(mlModelReadPermission.name, [role])?.reach === 'all',
    ).flatMap(role => members[role]);
    const model = await models.getModel(name);
    const granted = model ? await grants.listActive(model) : [];
    return [
      ...new Set(
        [
          ...seesAll,
          ...(model ? [model.owner] : []),
          ...granted.map(({ subject }) => subject),
        ].map(ref => ref.toLocaleLowerCase('en-US')),
      ),
    ];
  }
}
