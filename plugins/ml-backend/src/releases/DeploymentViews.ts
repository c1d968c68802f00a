import type {
  Deployment,
  Environment,
  Release,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { ServingMonitor } from '../serving/ServingMonitor';
import {
  liveVersion,
  rollbackVersion,
  rollbackVersions,
} from './deploymentState';
import type { ReleaseStore, StoredDeployment } from './ReleaseStore';

/** Puts together what is wanted, what is under way and what the data plane says. */
export class DeploymentViews {
  readonly #options: {
    store: ReleaseStore;
    registry: RegistryService;
    monitor: ServingMonitor;
    target: ServingTarget;
  };

  constructor(options: {
    store: ReleaseStore;
    registry: RegistryService;
    monitor: ServingMonitor;
    target: ServingTarget;
  }) {
    this.#options = options;
  }

  /** Deployments that the caller may see. */
  async list(
    context: RequestContext,
    query: { model?: string; environment?: Environment },
  ): Promise<Deployment[]> {
    const { registry } = this.#options;
    if (query.model) {
      await registry.getModel(context, query.model);
      return this.ofModels([query.model], query.environment);
    }
    await registry.requireSight(context);
    const all = await this.ofModels(undefined, query.environment);
    const names = [...new Set(all.map(({ model }) => model))];
    const visible = new Set(
      (await registry.getVisibleModels(context, names)).map(({ name }) => name),
    );
    return all.filter(({ model }) => visible.has(model));
  }

  /** For models that the caller is known to see; of all models without names. */
  async ofModels(
    models?: string[],
    environment?: Environment,
  ): Promise<Deployment[]> {
    const { store } = this.#options;
    if (models?.length === 0) return [];
    const [deployments, active, failed] = await Promise.all([
      store.listDeployments({ models, environment }),
      store.listActive(models),
      store.listNewestFailed(models),
    ]);
    const views = new Map(
      deployments.map(deployment => [
        `${deployment.environment}/${deployment.model}`,
        this.#view(deployment),
      ]),
    );
    const add = (
      releases: Release[],
      field: 'activeRelease' | 'lastFailure',
    ) => {
      for (const release of releases) {
        if (environment && release.environment !== environment) continue;
        const key = `${release.environment}/${release.model}`;
        views.set(key, {
          ...(views.get(key) ?? this.#blank(release)),
          [field]: release,
        });
      }
    };
    add(active, 'activeRelease');
    add(failed, 'lastFailure');
    return [...views.values()].sort(
      (a, b) =>
        a.model.localeCompare(b.model) ||
        a.environment.localeCompare(b.environment),
    );
  }

  #view(deployment: StoredDeployment): Deployment {
    const { model, environment } = deployment;
    const version = liveVersion(deployment);
    return {
      ...this.#blank(deployment),
      ...(version && {
        version,
        releaseNumber: deployment.releaseNumber,
        since: deployment.since,
        by: deployment.by,
        rollbackVersion: rollbackVersion(deployment),
        rollbackVersions: rollbackVersions(deployment),
        ...this.#options.monitor.getHealth(model, environment, version),
      }),
    };
  }

  #blank(key: Pick<Release, 'model' | 'environment'>): Deployment {
    const gateway = this.#options.target.getGatewayUrl(key.environment);
    return {
      model: key.model,
      environment: key.environment,
      health: 'none',
      endpoint: `${gateway}/v2/models/${key.model}`,
    };
  }
}
