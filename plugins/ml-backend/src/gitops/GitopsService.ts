import {
  ConflictError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  deploymentFilePath,
  type Environment,
  type GitopsCommit,
  type GitopsItem,
  type GitopsStatus,
  mlGitopsReadPermission,
  type Page,
  type Release,
} from '@ml-platform/plugin-ml-common';
import type { Authorizer } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { ReleaseService } from '../releases/ReleaseService';
import type { DeploymentFacts, GatheredFacts } from './DeploymentFacts';
import type { GitBranch } from './git/GitBranch';
import { readLog } from './git/readLog';
import type { GitopsStore, StoredFile } from './GitopsStore';
import type { GitopsWorker } from './GitopsWorker';
import { formatGitopsIssue, type KnownModels } from './readDeploymentFile';
import { standingOf } from './standing';

export interface GitopsServiceOptions {
  branch: GitBranch;
  store: GitopsStore;
  facts: DeploymentFacts;
  models: KnownModels;
  worker: Pick<GitopsWorker, 'look' | 'wake'>;
  registry: Pick<RegistryService, 'getVisibleModels' | 'getModel'>;
  releases: Pick<ReleaseService, 'createRelease'>;
  authorizer: Authorizer;
}

interface Filter {
  model?: string;
  environment?: Environment;
}

/** How what runs stands to the repository, for those who may know. */
export class GitopsService {
  readonly #options: GitopsServiceOptions;

  constructor(options: GitopsServiceOptions) {
    this.#options = options;
  }

  async getStatus(
    context: RequestContext,
    filter: Filter,
  ): Promise<GitopsStatus> {
    const { authorizer, branch, facts, registry, store } = this.#options;
    await authorizer.requireSight(context, 'gitops');
    const mayReadAll = await authorizer.can(context, mlGitopsReadPermission);
    const { checkedAt, error, head } = await store.getHead();
    const files = await store.listFiles();
    const known = await facts.gather();
    const intents = await store.listPendingIntents();
    const items = [
      ...(await this.#declared(files, known)),
      ...(await this.#undeclared(files, known)),
    ].filter(
      item =>
        (!filter.model || item.model === filter.model) &&
        (!filter.environment || item.environment === filter.environment),
    );
    const names = items.flatMap(({ model }) => model ?? []);
    const visible = new Set(
      (await registry.getVisibleModels(context, [...new Set(names)])).map(
        ({ name }) => name,
      ),
    );
    const existing = new Set(known.deployments.map(({ model }) => model));
    return {
      enabled: true,
      repository: {
        kind: branch.kind,
        url: branch.url,
        branch: branch.name,
        ...{ head, checkedAt, error },
      },
      pendingCommits: intents.length,
      // A file of a model that does not exist is somebody's mistake, to be seen.
      items: items.filter(
        ({ model }) =>
          (model && visible.has(model)) ||
          (mayReadAll && !(model && existing.has(model))),
      ),
    };
  }

  async getLog(
    context: RequestContext,
    query: Filter & { limit: number; cursor?: string },
  ): Promise<Page<GitopsCommit>> {
    const { branch, registry, store } = this.#options;
    // The whole log tells of models of all teams.
    if (query.model) await registry.getModel(context, query.model);
    else await this.#requireRead(context);
    const { cursor, limit, ...filter } = query;
    const from = cursor ?? (await store.getHead()).head;
    if (!from) return { items: [] };
    const isHere = () =>
      branch.git.succeeds(['cat-file', '-e', `${from}^{commit}`]);
    if (!(await isHere())) {
      // Another process works on the repository; this one has no copy yet.
      await branch.open();
      await branch.fetch();
    }
    if (!(await isHere())) {
      if (cursor) throw new NotFoundError(`There is no commit ${cursor}`);
      throw new ServiceUnavailableError(
        'The repository is not on this machine yet; try again in a moment',
      );
    }
    const found = await readLog(branch.git, from, {
      ...filter,
      limit: limit + 1,
    });
    return {
      items: found.slice(0, limit),
      ...(found.length > limit && { nextCursor: found[limit].id }),
    };
  }

  /** Looks at the repository now. */
  async sync(context: RequestContext): Promise<GitopsStatus> {
    await this.#options.authorizer.requireSight(context, 'gitops');
    await this.#options.worker.look();
    return this.getStatus(context, {});
  }

  /** Releases what a file says with the rights of who asks. */
  async apply(
    context: RequestContext,
    key: { model: string; environment: Environment },
    idempotencyKey?: string,
  ): Promise<Release> {
    const { models, registry, releases, store, worker } = this.#options;
    const { owner } = await registry.getModel(context, key.model);
    await worker.look();
    const path = deploymentFilePath({ ...key, owner });
    const file = (await store.listFiles()).find(entry => entry.path === path);
    if (!file) {
      throw new NotFoundError(`The repository has no ${path}`);
    }
    if (!file.desired) {
      throw new ConflictError(
        `The file is wrong, so it cannot be applied: ${file.issues
          .map(issue => formatGitopsIssue(path, issue))
          .join('; ')}`,
      );
    }
    const { strategy, version } = file.desired;
    const known = await this.#options.facts.gather();
    if (known.of(key, file).running === version) {
      throw new ConflictError(
        `${key.model}@${version} is what is live in ${key.environment} already`,
      );
    }
    await models.getVersion(key.model, version);
    const release = await releases.createRelease(
      context,
      key.model,
      {
        environment: key.environment,
        version,
        ...(strategy && { strategy }),
        reason: `Applied from Git, ${file.commit.id.slice(0, 12)}: ${
          file.commit.subject
        }`.slice(0, 2000),
      },
      idempotencyKey,
    );
    await store.saveAttempt({
      ...key,
      commit: file.commit.id,
      state: 'released',
      release: release.id,
      actor: context.actor,
      at: new Date().toISOString(),
    });
    return release;
  }

  async #declared(
    files: StoredFile[],
    known: GatheredFacts,
  ): Promise<GitopsItem[]> {
    return Promise.all(
      files.map(async file => {
        const facts = known.of(file, file);
        const { isDue, ...standing } = standingOf(facts);
        return {
          path: file.path,
          environment: file.environment,
          model: file.model,
          desired: file.desired,
          running: await this.#running(file.model, facts.running),
          issues: file.issues,
          commit: file.commit,
          ...standing,
        };
      }),
    );
  }

  /** What runs, and has no file where it should have one. */
  async #undeclared(
    files: StoredFile[],
    known: GatheredFacts,
  ): Promise<GitopsItem[]> {
    const { models } = this.#options;
    const present = new Set(files.map(({ path }) => path));
    const items: GitopsItem[] = [];
    for (const deployment of known.deployments) {
      const { environment, model } = deployment;
      const facts = known.of(deployment, undefined);
      const owner = (await models.getModel(model))?.owner;
      if (!facts.running || !owner) continue;
      const path = deploymentFilePath({ environment, model, owner });
      if (present.has(path)) continue;
      const { isDue, ...standing } = standingOf(facts);
      items.push({
        ...{ path, environment, model },
        running: await this.#running(model, facts.running),
        issues: [],
        ...standing,
      });
    }
    return items;
  }

  async #running(
    model: string | undefined,
    version: string | undefined,
  ): Promise<GitopsItem['running']> {
    if (!model || !version) return undefined;
    const found = await this.#options.models.getVersion(model, version);
    return found && { version, digest: found.digest };
  }

  #requireRead(context: RequestContext): Promise<void> {
    return this.#options.authorizer.require(
      context,
      mlGitopsReadPermission,
      'gitops',
    );
  }
}
