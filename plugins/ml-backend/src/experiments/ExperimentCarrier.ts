import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type {
  ExperimentArm,
  ExperimentStatus,
  ServedModelKey,
  ServedModelStatus,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RegistryService } from '../registry/RegistryService';
import { retainedVersions } from '../releases/deploymentState';
import type { ReleaseStore } from '../releases/ReleaseStore';
import { servedVersionOf } from '../releases/servedVersion';
import { experimentEvent } from './experimentEvent';
import type { ExperimentStore, StoredExperiment } from './ExperimentStore';

export interface ExperimentCarrierOptions {
  experiments: ExperimentStore;
  releases: Pick<ReleaseStore, 'getDeployment' | 'getActive'>;
  registry: Pick<RegistryService, 'getVersionForRelease'>;
  target: ServingTarget;
  audit: AuditLog;
  changes: ChangeNotifier;
  logger: LoggerService;
  /** Milliseconds. */
  loadTimeout: number;
}

const POLL_MS = 150;
const PLATFORM = 'service:ml-platform';
/** The data plane knows no users. */
const DATA_PLANE = 'service:inference-server';

/**
 * Brings the data plane to what is recorded of experiments. Every step may be
 * repeated: by the request that asked for it, and by the reconciler after it.
 */
export class ExperimentCarrier {
  readonly #options: ExperimentCarrierOptions;

  constructor(options: ExperimentCarrierOptions) {
    this.#options = options;
  }

  /** Loads the versions of the arms, and waits until they are ready. */
  async load(key: ServedModelKey, arms: ExperimentArm[]): Promise<void> {
    const deadline = Date.now() + this.#options.loadTimeout;
    await Promise.all(
      versionsOf(arms).map(version => this.#load(key, version, deadline)),
    );
  }

  put(experiment: StoredExperiment): Promise<ExperimentStatus> {
    return this.#options.target.putExperiment!(experiment, experiment.spec);
  }

  /** Ends one that is marked as stopping; the last counts go to the audit log. */
  async end(
    experiment: StoredExperiment,
    { actor, requestId }: { actor: string; requestId?: string },
  ): Promise<ExperimentStatus | undefined> {
    const { audit, changes, experiments, target } = this.#options;
    const { spec } = experiment;
    let last: ExperimentStatus | undefined;
    try {
      last = await target.endExperiment!(experiment, spec.id);
    } catch (error) {
      // It does not run there (any more): what was wanted.
      if (!(error instanceof InputError)) throw error;
    }
    await experiments.transaction(async trx => {
      if (!(await experiments.remove(trx, experiment))) return;
      await audit.record(
        {
          ...experimentEvent('stop', experiment, last),
          actor,
          requestId,
          outcome: 'succeeded',
        },
        trx,
      );
    });
    changes.modelChanged(experiment);
    await this.#unload(experiment);
    return last;
  }

  /** What the reconciler does at each look at a data plane. */
  async heal(
    experiment: StoredExperiment,
    actual: ServedModelStatus | undefined,
  ): Promise<void> {
    const { audit, experiments, logger, registry, target } = this.#options;
    const { environment, model, spec, stopping } = experiment;
    if (stopping) {
      await this.end(experiment, { actor: PLATFORM });
      return;
    }
    if (actual?.emergency?.experiment === spec.id) {
      await this.end(experiment, { actor: DATA_PLANE });
      return;
    }
    const running = actual?.experiment;
    if (running?.id === spec.id && running.revision >= spec.revision) return;
    let ready = true;
    for (const version of versionsOf(spec.arms)) {
      const held = actual?.versions.find(entry => entry.version === version);
      ready &&= held?.state === 'ready';
      if (held) continue;
      logger.info(`Loading ${model}@${version} in ${environment} again`);
      await target.load(
        experiment,
        servedVersionOf(await registry.getVersionForRelease(model, version)),
      );
    }
    if (!ready || !actual?.routes) return;
    const current = await experiments.transaction(async trx => {
      const now = await experiments.get(experiment, trx);
      if (now?.spec.id !== spec.id || now.stopping) return undefined;
      await audit.record(
        {
          ...experimentEvent('reconcile', now),
          actor: PLATFORM,
          outcome: 'intended',
        },
        trx,
      );
      return now;
    });
    if (!current) return;
    const event = { ...experimentEvent('reconcile', current), actor: PLATFORM };
    try {
      await this.put(current);
    } catch (error) {
      await audit.record({ ...event, outcome: 'failed' });
      throw error;
    }
    await audit.record({ ...event, outcome: 'succeeded' });
  }

  async #load(
    key: ServedModelKey,
    version: string,
    deadline: number,
  ): Promise<void> {
    const { loadTimeout, registry, target } = this.#options;
    const name = `${key.model}@${version}`;
    const found = await registry.getVersionForRelease(key.model, version);
    for (;;) {
      const status =
        (await target.getVersion(key, version)) ??
        (await target.load(key, servedVersionOf(found)));
      if (status.digest !== found.digest) {
        throw new ConflictError(
          `The data plane holds ${name} with the digest ${status.digest}, not ${found.digest}`,
        );
      }
      if (status.state === 'ready') return;
      if (status.state === 'failed') {
        throw new ConflictError(
          `${name} could not be loaded: ${status.reason}`,
        );
      }
      if (Date.now() > deadline) {
        throw new ServiceUnavailableError(
          `${name} was not ready within ${Math.round(loadTimeout / 1000)} s: ${
            status.reason ?? `it is ${status.state}`
          }`,
        );
      }
      await sleep(POLL_MS);
    }
  }

  /** Of the versions that only the experiment needed; a release under way tidies up itself. */
  async #unload(experiment: StoredExperiment): Promise<void> {
    const { logger, releases, target } = this.#options;
    const { environment, model, spec } = experiment;
    try {
      if (await releases.getActive(model, environment)) return;
      const deployment = await releases.getDeployment(model, environment);
      const kept = deployment ? retainedVersions(deployment) : new Set();
      for (const version of versionsOf(spec.arms)) {
        if (!kept.has(version)) await target.unload(experiment, version);
      }
    } catch (error) {
      // The next release tries again; until then it only costs memory.
      logger.warn(
        `Versions of ${model} that no experiment needs any more are still loaded`,
        error as Error,
      );
    }
  }
}

function versionsOf(arms: ExperimentArm[]): string[] {
  return [...new Set(arms.map(({ version }) => version))];
}
