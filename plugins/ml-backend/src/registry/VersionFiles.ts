import { NotFoundError } from '@backstage/errors';
import {
  mlArtifactPullPermission,
  type VersionFile,
} from '@ml-platform/plugin-ml-common';
import type { ArtifactStore, StoredBlob } from '@ml-platform/plugin-ml-node';
import type { Authorizer } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from './RegistryService';

export interface VersionFilesOptions {
  registry: RegistryService;
  artifacts: ArtifactStore;
  authorizer: Authorizer;
}

/** Opens the files of versions one by one, for who may pull them. */
export class VersionFiles {
  readonly #options: VersionFilesOptions;

  constructor(options: VersionFilesOptions) {
    this.#options = options;
  }

  async open(
    context: RequestContext,
    key: { model: string; version: string; path: string },
  ): Promise<{
    file: VersionFile;
    blob: StoredBlob;
    /** Whether the caller may go on reading it. */
    mayStill: () => Promise<boolean>;
  }> {
    const { artifacts, authorizer, registry } = this.#options;
    const { model, path } = key;
    const version = await registry.getVersion(context, model, key.version);
    const owned = await registry.getModel(context, model);
    await authorizer.requireForModel(context, mlArtifactPullPermission, owned);
    const file = version.files.find(entry => entry.path === path);
    if (!file) {
      throw new NotFoundError(
        `${model}@${
          version.version
        } has no file '${path}'. Its files are: ${version.files
          .map(entry => entry.path)
          .join(', ')}`,
      );
    }
    const blob = await artifacts.openBlob(version.repository, file.digest);
    if (!blob) {
      throw new NotFoundError(
        `The bytes of ${path} are gone from the artifact store${
          version.state === 'deleted' ? ': the version was deleted' : ''
        }`,
      );
    }
    return {
      ...{ file, blob },
      mayStill: () =>
        // A context of its own, as decisions are kept for each.
        authorizer.canForModel({ ...context }, mlArtifactPullPermission, owned),
    };
  }
}
