import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  mlArtifactDeletePermission,
  mlArtifactPullPermission,
  mlModelCreatePermission,
  modelOfRepository,
} from '@ml-platform/plugin-ml-common';
import type {
  AccessDecision,
  RepositoryAccess,
} from '../artifacts/http/ArtifactAccess';
import type { Authorizer } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { RegistryStore } from './RegistryStore';

/** Nobody owns it, so that a right to all models is the only one that holds. */
const NOBODYS = { name: '', owner: '' };

/**
 * Rights to a repository are rights to the model whose versions it holds. One
 * that holds no model's is where a first version is pushed, before there is a
 * model: open to whom may create models.
 */
export class RepositoryRights implements RepositoryAccess {
  readonly #options: {
    authorizer: Authorizer;
    models: Pick<RegistryStore, 'getModel'>;
  };

  constructor(options: {
    authorizer: Authorizer;
    models: Pick<RegistryStore, 'getModel'>;
  }) {
    this.#options = options;
  }

  async decide(
    context: RequestContext,
    permission: ResourcePermission,
    repository: string,
  ): Promise<AccessDecision> {
    const { authorizer, models } = this.#options;
    const name = modelOfRepository(repository);
    const model = name ? await models.getModel(name) : undefined;
    if (!model) {
      const allowed =
        (await authorizer.canForModel(context, permission, {
          ...NOBODYS,
          name: name ?? '',
        })) ||
        (permission.name !== mlArtifactDeletePermission.name &&
          (await authorizer.can(context, mlModelCreatePermission)));
      return allowed ? 'allowed' : 'denied';
    }
    if (await authorizer.canForModel(context, permission, model))
      return 'allowed';
    return (await authorizer.canRead(context, model)) ? 'denied' : 'hidden';
  }

  canReadAll(context: RequestContext): Promise<boolean> {
    return this.#options.authorizer.canForModel(
      context,
      mlArtifactPullPermission,
      NOBODYS,
    );
  }
}
