import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  type Deprecation,
  isWaiting,
  type Release,
  type ServedModelStatus,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { ExperimentCarrier } from '../experiments/ExperimentCarrier';
import type { ExperimentStore } from '../experiments/ExperimentStore';
import type { RegistryService } from '../registry/RegistryService';
import { liveVersion, retainedVersions, routesOf } from './deploymentState';
import type { EventOutbox } from '../webhooks/EventOutbox';
import { adoptRollback } from './adoptRollback';
import type { ReleaseStore, StoredDeployment } from './ReleaseStore';
import { servedVersionOf } from './servedVersion';

export interface ReconcilerOptions {
  store: ReleaseStore;
  experiments: Pick<ExperimentStore, 'list'>;
  carrier: Pick<ExperimentCarrier, 'heal'>;
  registry: RegistryService;
  target: ServingTarget;
  audit: AuditLog;
  outbox: EventOutbox;
  changes: ChangeNotifier;
  logger: LoggerService;
}

/**
 * Brings a data plane back that lost its state, or that missed how a release
 * ended, that a version was deprecated or that an experiment began: loads what a deployment needs and sets its routes again. A deployment
 * with a release that has begun is left to the release.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(models: ServedModelStatus[]): Promise<void> {
    const { carrier, experiments, logger, registry, store } = this.#options;
    const actual = new Map(
      models.map(entry => [`${entry.environment}/${entry.model}`, entry]),
    );
    const [deployments, active, deprecations, wanted] = await Promise.all([
      store.listDeployments({}),
      store.listActive(),
      registry.listDeprecations(),
      experiments.list({}),
    ]);
    const busy = new Set(
      active
        .filter(hasBegun)
        .map(({ environment, model }) => `${environment}/${model}`),
    );
    for (const known of deployments) {
      const key = `${known.environment}/${known.model}`;
      if (busy.has(key)) continue;
      try {
        if (!liveVersion(known)) {
          await this.#remove(known, actual.get(key));
          continue;
        }
        const emergency = actual.get(key)?.emergency;
        const deployment = emergency
          ? await adoptRollback(this.#options, known, emergency)
          : known;
        await this.#heal(
          deployment,
          actual.get(key),
          deprecations.filter(({ model }) => model === deployment.model),
        );
        const experiment = wanted.find(
          entry =>
            entry.model === known.model &&
            entry.environment === known.environment,
        );
        if (experiment) await carrier.heal(experiment, actual.get(key));
      } catch (error) {
        logger.warn(`Could not bring ${key} back yet`, error as Error);
      }
    }
  }

  /** What was taken out of an environment while the data plane was away. */
  async #remove(
    deployment: StoredDeployment,
    actual: ServedModelStatus | undefined,
  ): Promise<void> {
    const { logger, store, target } = this.#options;
    const { environment, model } = deployment;
    if (!actual?.routes) return;
    // A release that began since loads what it needs; it must not be taken away.
    if (hasBegun(await store.getActive(model, environment))) return;
    logger.info(`Removing ${model} from ${environment}`);
    await target.remove(deployment);
  }

  async #heal(
    deployment: StoredDeployment,
    actual: ServedModelStatus | undefined,
    deprecated: { version: string; deprecation: Deprecation }[],
  ): Promise<void> {
    const { audit, logger, registry, target } = this.#options;
    const { model, environment } = deployment;
    const held = new Map(actual?.versions.map(entry => [entry.version, entry]));
    const wanted = [...retainedVersions(deployment)];
    for (const version of wanted.filter(entry => !held.has(entry))) {
      logger.info(`Loading ${model}@${version} in ${environment} again`);
      await target.load(
        deployment,
        servedVersionOf(await registry.getVersionForRelease(model, version)),
      );
    }
    const routes = routesOf(deployment, deployment.generation, deprecated);
    if (sameDestinations(actual?.routes, routes)) return;
    if (wanted.some(version => held.get(version)?.state !== 'ready')) return;
    const generation = await this.#drawGeneration(
      deployment,
      actual?.routes?.generation ?? 0,
    );
    if (!generation) return;
    logger.info(`Setting the routes of ${model} in ${environment} again`);
    const event = reconciliation(deployment, generation);
    try {
      await target.setRoutes(deployment, { ...routes, generation });
    } catch (error) {
      await audit.record({ ...event, outcome: 'failed' });
      throw error;
    }
    await audit.record({ ...event, outcome: 'succeeded' });
  }

  /**
   * Draws a generation above the one that the data plane accepted, unless a
   * release came in between. Drawing locks the deployment's row, as a release
   * does when it draws its own: so routes of the older state never win.
   */
  async #drawGeneration(
    deployment: StoredDeployment,
    accepted: number,
  ): Promise<number | undefined> {
    const { audit, store } = this.#options;
    const { model, environment } = deployment;
    return store.transaction(async trx => {
      let generation: number;
      do {
        generation = await store.nextGeneration(trx, model, environment);
      } while (generation <= accepted);
      const current = await store.getDeployment(model, environment, trx);
      const active = await store.getActive(model, environment, trx);
      if (
        hasBegun(active) ||
        current?.releaseNumber !== deployment.releaseNumber
      ) {
        return undefined;
      }
      await audit.record(
        { ...reconciliation(deployment, generation), outcome: 'intended' },
        trx,
      );
      return generation;
    });
  }
}

/** One that waits has loaded nothing, and may do so for days. */
function hasBegun(release: Release | undefined): boolean {
  return release !== undefined && !isWaiting(release.state);
}

function reconciliation(deployment: StoredDeployment, generation: number) {
  return {
    actor: 'service:ml-platform',
    action: 'deployment.reconcile',
    resource: `deployment:${deployment.environment}/${deployment.model}`,
    details: { version: liveVersion(deployment), generation },
  };
}

function sameDestinations(
  actual: ServedModelStatus['routes'],
  wanted: NonNullable<ServedModelStatus['routes']>,
): boolean {
  const plain = (routes: typeof wanted) =>
    JSON.stringify([
      routes.split,
      routes.fallback,
      Object.entries(routes.majors).sort(([a], [b]) => Number(a) - Number(b)),
      Object.entries(routes.deprecations ?? {})
        .map(([version, { at, sunset }]) => [version, at, sunset])
        .sort(),
    ]);
  return Boolean(actual) && plain(actual!) === plain(wanted);
}
