import { ConflictError, InputError } from '@backstage/errors';
import {
  type Environment,
  mlReleaseStagingPermission,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { ExperimentStore } from '../experiments/ExperimentStore';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import { EMPTY_STATE, liveVersion } from './deploymentState';
import type { ReleaseStore } from './ReleaseStore';

export interface UndeploymentOptions {
  store: ReleaseStore;
  registry: Pick<RegistryService, 'getModel'>;
  authorizer: Authorizer;
  audit: AuditLog;
  changes: ChangeNotifier;
  target: Pick<ServingTarget, 'remove'>;
  experiments: Pick<ExperimentStore, 'get'>;
}

/**
 * Takes models out of staging, so that there is room for others. What the
 * data plane missed of it is done by the `Reconciler` later.
 */
export class Undeployment {
  readonly #options: UndeploymentOptions;

  constructor(options: UndeploymentOptions) {
    this.#options = options;
  }

  async undeploy(
    context: RequestContext,
    name: string,
    environment: Environment,
  ): Promise<void> {
    const { audit, authorizer, changes, registry, store, target } =
      this.#options;
    const model = await registry.getModel(context, name);
    if (environment !== 'staging') {
      throw new InputError(
        'environment: only staging can be cleared; callers rely on production, so deploy another version or roll back',
      );
    }
    await authorizer.requireForModel(
      context,
      mlReleaseStagingPermission,
      model,
    );
    const key = { model: name, environment };
    const experiment = await this.#options.experiments.get(key);
    if (experiment) {
      throw new ConflictError(
        `Experiment '${experiment.spec.name}' of ${name} runs in ${environment}; stop it first ('ml experiments stop ${name} --env ${environment}')`,
      );
    }
    await store.transaction(async trx => {
      const active = await store.getActive(name, environment, trx);
      if (active) {
        throw new ConflictError(
          `Release ${active.number} of ${name} in ${environment} is under way; abort it or wait for its end`,
        );
      }
      // Drawn first: it locks the deployment until the end of the transaction.
      const generation = await store.nextGeneration(trx, name, environment);
      const deployment = await store.getDeployment(name, environment, trx);
      const version = deployment && liveVersion(deployment);
      if (!version) {
        throw new ConflictError(`${name} is not live in ${environment}`);
      }
      await store.saveDeployment(trx, { ...key, ...EMPTY_STATE, generation });
      await audit.record(
        {
          actor: context.actor,
          action: 'deployment.remove',
          resource: `deployment:${environment}/${name}`,
          outcome: 'succeeded',
          details: { version },
          requestId: context.requestId,
        },
        trx,
      );
    });
    changes.modelChanged(key);
    // Else the reconciler does it, once the data plane is back.
    await target.remove(key).catch(() => {});
  }
}
