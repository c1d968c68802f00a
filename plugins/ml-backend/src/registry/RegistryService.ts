import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  apiVersionOf,
  findBreakingChanges,
  mlModelCreatePermission,
  mlVersionRegisterPermission,
  type ModelFile,
  type Page,
  repositoryOf,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import { checkParents } from '../lineage/checkParents';
import type { EventOutbox } from '../webhooks/EventOutbox';
import type { ArtifactReleaser } from './ArtifactReleaser';
import type { BomAttachment } from './BomAttachment';
import type { PackageReader } from './PackageReader';
import type { RegistryStore, StoredModel, VersionQuery } from './RegistryStore';

export interface RegistryServiceOptions {
  store: RegistryStore;
  artifacts: ArtifactStore;
  manifests: Pick<ArtifactReleaser, 'hold'>;
  packages: PackageReader;
  boms: BomAttachment;
  authorizer: Authorizer;
  audit: AuditLog;
  outbox: EventOutbox;
  changes: ChangeNotifier;
}

/**
 * Models and their immutable versions. Every way to read or change them goes
 * through here, so that nothing happens unauthorized or unrecorded.
 */
export class RegistryService {
  readonly #options: RegistryServiceOptions;

  constructor(options: RegistryServiceOptions) {
    this.#options = options;
  }

  async listModels(
    context: RequestContext,
    query: { limit: number; cursor?: string; q?: string },
  ): Promise<Page<StoredModel>> {
    const { authorizer, store } = this.#options;
    const visibility = await authorizer.getVisibility(context);
    return store.listModels({ ...query, visibility });
  }

  /** @throws NotAllowedError for who may see no model whatever. */
  requireSight(context: RequestContext): Promise<void> {
    return this.#options.authorizer.requireSight(context, 'models');
  }

  /** @throws NotFoundError, also when the caller may not see the model. */
  async getModel(context: RequestContext, name: string): Promise<StoredModel> {
    const model = await this.findModel(context, name);
    if (!model) {
      throw new NotFoundError(
        `There is no model '${name}'. 'ml models list' shows those that you may see`,
      );
    }
    return model;
  }

  /**
   * Undefined when there is none that the caller may see.
   * @throws NotAllowedError for who may see none whatever
   */
  async findModel(
    context: RequestContext,
    name: string | undefined,
  ): Promise<StoredModel | undefined> {
    const { authorizer, store } = this.#options;
    await authorizer.requireSight(context, name ? `model:${name}` : 'models');
    const model = name ? await store.getModel(name) : undefined;
    return model && (await authorizer.canRead(context, model))
      ? model
      : undefined;
  }

  /** Those of the named models that the caller may see. */
  async getVisibleModels(
    context: RequestContext,
    names: string[],
  ): Promise<StoredModel[]> {
    const { authorizer, store } = this.#options;
    const visibility = await authorizer.findVisibility(context);
    return visibility ? store.getModels(names, visibility) : [];
  }

  async listVersions(
    context: RequestContext,
    model: string,
    query: { limit: number; cursor?: string },
  ): Promise<Page<Version>> {
    await this.getModel(context, model);
    return this.#options.store.listVersions(model, query);
  }

  /** Of the models that the caller may see. */
  async searchVersions(
    context: RequestContext,
    query: Omit<VersionQuery, 'visibility'>,
  ): Promise<Page<Version>> {
    const { authorizer, store } = this.#options;
    const visibility = await authorizer.getVisibility(context);
    return store.searchVersions({ ...query, visibility });
  }

  async getVersion(
    context: RequestContext,
    model: string,
    version: string,
  ): Promise<Version> {
    await this.getModel(context, model);
    const found = await this.#options.store.getVersion(model, version);
    if (!found) {
      throw new NotFoundError(
        `The model '${model}' has no version ${version}. 'ml versions list ${model}' shows those it has`,
      );
    }
    return found;
  }

  /** For the data plane, which tells callers; of one model, or of all. */
  listDeprecations(model?: string) {
    return this.#options.store.listDeprecations(model);
  }

  /** For work that goes on after the request that caused it was authorized. */
  async getVersionForRelease(model: string, version: string): Promise<Version> {
    const found = await this.#options.store.getVersion(model, version);
    if (!found)
      throw new NotFoundError(`${model}@${version} is not registered`);
    return found;
  }

  /** The sample requests of a version, as they are in its package. */
  async readSamples(model: string, version: string): Promise<string[]> {
    const found = await this.getVersionForRelease(model, version);
    return this.#options.packages.readSamples(found);
  }

  /**
   * Registers a pushed manifest as a version, and the model with its first one;
   * its bill of materials is attached to the manifest. The same digest again is
   * no change.
   */
  async registerVersion(
    context: RequestContext,
    name: string,
    request: { version: string; digest: string; draft?: boolean },
  ): Promise<{ version: Version; created: boolean }> {
    const { created } = await this.#register(context, name, request);
    // As it is stored, so that each time the same is attached.
    const version = await this.getVersionForRelease(name, request.version);
    await this.#options.boms.attach(context, version);
    return { version, created };
  }

  async #register(
    context: RequestContext,
    name: string,
    request: { version: string; digest: string; draft?: boolean },
  ): Promise<{ created: boolean }> {
    const { artifacts, authorizer, packages, store } = this.#options;
    const model = await store.getModel(name);
    if (model && (await authorizer.canRead(context, model))) {
      await authorizer.requireForModel(
        context,
        mlVersionRegisterPermission,
        model,
      );
    } else {
      await authorizer.require(
        context,
        mlModelCreatePermission,
        `model:${name}`,
      );
      if (model) {
        throw new ConflictError(
          `The name '${name}' is taken by another team's model; choose another in model.yaml`,
        );
      }
    }

    if (await this.#getSame(name, request)) return { created: false };

    const repository = repositoryOf(name);
    const read = await packages.read(repository, request.digest);
    checkIdentity(read.model, {
      name,
      version: request.version,
      owner: model?.owner,
    });
    if (!model) {
      const { owner } = describeModel(read.model);
      await authorizer.requireOwner(context, { name, owner });
    }
    await this.#checkCompatibility(read.model);
    await checkParents(read.model, async parent => {
      const owner = await store.getModel(parent.model);
      if (!owner || !(await authorizer.canRead(context, owner)))
        return undefined;
      return store.getVersion(parent.model, parent.version);
    });

    // Taken before the version exists: no other content can then have its name.
    await artifacts.tagManifest(repository, {
      tag: request.version,
      digest: request.digest,
    });

    const version: Version = {
      model: name,
      version: request.version,
      digest: request.digest,
      repository,
      format: read.model.format,
      description: read.model.description,
      interface: read.model.interface,
      card: read.card,
      package: read.model,
      files: read.files,
      sizeBytes: read.sizeBytes,
      state: request.draft ? 'draft' : 'registered',
      aliases: [],
      createdAt: new Date().toISOString(),
      createdBy: context.actor,
    };
    try {
      await this.#insert(context, version);
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
      // Somebody registered it between the check and now.
      if (!(await this.#getSame(name, request))) throw error;
      return { created: false };
    }
    this.#options.changes.modelChanged({ model: name });
    return { created: true };
  }

  async #insert(context: RequestContext, version: Version): Promise<void> {
    const { audit, manifests, outbox, store } = this.#options;
    await store.transaction(async trx => {
      // From here on, whoever deletes the manifest waits, and then finds the version.
      await manifests.hold(version.repository, version.digest, trx);
      await store.insertVersion(trx, version, describeModel(version.package));
      await audit.record(
        {
          actor: context.actor,
          action: 'version.register',
          resource: `version:${version.model}@${version.version}`,
          outcome: 'succeeded',
          details: {
            digest: version.digest,
            sizeBytes: version.sizeBytes,
            state: version.state,
          },
          requestId: context.requestId,
        },
        trx,
      );
      // Others hear of a draft when it is published.
      if (version.state === 'draft') return;
      await outbox.append(
        {
          type: 'internal.ml.version.registered',
          model: version.model,
          subject: `${version.model}@${version.version}`,
          actor: context.actor,
          data: { version: version.version, digest: version.digest },
        },
        trx,
      );
    });
  }

  async #getSame(
    name: string,
    request: { version: string; digest: string },
  ): Promise<Version | undefined> {
    const existing = await this.#options.store.getVersion(
      name,
      request.version,
    );
    if (existing?.state === 'deleted') {
      throw new ConflictError(
        `${name}@${request.version} was deleted, and its name stays taken; raise 'version' in model.yaml`,
      );
    }
    if (existing && existing.digest !== request.digest) {
      throw new ConflictError(
        `${name}@${request.version} exists with other content (${existing.digest}, registered ${existing.createdAt} by ${existing.createdBy}). Versions are immutable: raise 'version' in model.yaml and register again`,
      );
    }
    return existing;
  }

  async #checkCompatibility(file: ModelFile): Promise<void> {
    const major = apiVersionOf(file.version);
    const reference = await this.#options.store.getHighestOfMajor(
      file.name,
      major,
    );
    if (!reference) return;
    const changes = findBreakingChanges(reference.interface, file.interface);
    if (changes.length) {
      throw new InputError(
        `interface: would break callers of ${
          file.name
        } API version ${major} (compared with ${reference.version}): ${changes
          .map(change => change.message)
          .join('; ')}. Keep the interface, or raise the major: ${
          major + 1
        }.0.0`,
      );
    }
  }
}

function checkIdentity(
  file: ModelFile,
  expected: { name: string; version: string; owner?: string },
): void {
  if (file.name !== expected.name) {
    throw new InputError(
      `name: model.yaml says '${file.name}', but it is registered as '${expected.name}'`,
    );
  }
  if (file.version !== expected.version) {
    throw new InputError(
      `version: model.yaml says ${file.version}, but it is registered as ${expected.version}`,
    );
  }
  const owner = describeModel(file).owner;
  if (expected.owner && owner !== expected.owner) {
    throw new InputError(
      `owner: model.yaml says ${owner}, but the model belongs to ${expected.owner}; a package cannot change a model's owner`,
    );
  }
}

function describeModel(file: ModelFile) {
  const ref = (text: string, defaultKind: string) =>
    stringifyEntityRef(parseEntityRef(text, { defaultKind }));
  return {
    title: file.title ?? file.name,
    description: file.description,
    owner: ref(file.owner, 'group'),
    system: file.system && ref(file.system, 'system'),
    dependsOn: (file.dependsOn ?? []).map(text => ref(text, 'component')),
    tags: file.tags ?? [],
  };
}
