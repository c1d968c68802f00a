import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  type Environment,
  isWaiting,
  type LiftedRule,
  mlReleaseOverridePermission,
  mlReleaseRollbackPermission,
  type Release,
  type RolloutAction,
  type RolloutStatus,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import { lifting } from './admission/lifting';
import type { ReleaseExceptions } from './admission/ReleaseExceptions';
import { deployPermission } from './checkReleasable';
import type { ReleaseStore } from './ReleaseStore';
import type { WaitingReleases } from './waiting/WaitingReleases';

export interface RolloutSteeringOptions {
  store: ReleaseStore;
  registry: Pick<RegistryService, 'findModel' | 'getVersion'>;
  authorizer: Authorizer;
  audit: AuditLog;
  changes: ChangeNotifier;
  target: Pick<ServingTarget, 'steerRollout'>;
  exceptions: ReleaseExceptions;
  waiting: WaitingReleases;
}

const DONE: Record<RolloutAction, string> = {
  pause: 'Paused',
  resume: 'Resumed',
  abort: 'Aborted',
  promote: 'Promoted whatever the evidence',
};

/** What people do to a canary that is under way. */
export class RolloutSteering {
  readonly #options: RolloutSteeringOptions;

  constructor(options: RolloutSteeringOptions) {
    this.#options = options;
  }

  async steer(
    context: RequestContext,
    id: string,
    action: RolloutAction,
    { reason }: { reason?: string },
  ): Promise<Release> {
    const { audit, authorizer, registry, store, target } = this.#options;
    const release = await store.get(id);
    const model = await registry.findModel(context, release?.model);
    if (!release || !model) {
      throw new NotFoundError(`There is no release ${id}`);
    }
    const { environment, number, state, version } = release;
    await authorizer.requireForModel(
      context,
      permissionFor(action, environment),
      model,
    );
    if (action === 'abort' && isWaiting(state)) {
      return this.#options.waiting.abort(context, release, reason);
    }
    if (state !== 'progressing') {
      throw new ConflictError(
        `Release ${number} of ${model.name} in ${environment} is ${state}; only one that is progressing beside the live version can be steered, and one that waits can be aborted`,
      );
    }
    const lifted =
      action === 'promote' ? await this.#useApproval(context, release) : [];
    const event = {
      actor: context.actor,
      action: `release.${action}`,
      resource: `deployment:${environment}/${model.name}`,
      details: {
        ...{ release: id, number, version },
        ...(lifted.length && { lifted }),
        ...(reason && { reason }),
      },
      requestId: context.requestId,
    };
    await audit.record({ ...event, outcome: 'intended' });
    const cause = `${DONE[action]} by ${context.actor}${
      reason ? `: ${reason}` : ''
    }`;
    let rollout: RolloutStatus;
    try {
      const { actor } = context;
      rollout = await target.steerRollout(release, action, {
        ...{ id, cause, actor },
      });
    } catch (error) {
      await audit.record({ ...event, outcome: 'failed' });
      throw error;
    }
    await store.saveRollout(id, rollout);
    await audit.record({ ...event, outcome: 'succeeded' });
    this.#options.changes.modelChanged({
      model: model.name,
      environment,
      releaseId: id,
    });
    return { ...release, ...(lifted.length && { lifted }), rollout };
  }

  /**
   * Done before the data plane is asked, and kept with the release: sent again
   * after a failure on the way, the same approval still holds for it.
   */
  async #useApproval(
    context: RequestContext,
    release: Release,
  ): Promise<LiftedRule[]> {
    const { exceptions, registry, store } = this.#options;
    const { environment, id, model, number, version } = release;
    const before = release.lifted ?? [];
    if (before.some(({ rule }) => rule === 'force-promote')) return before;
    const { digest } = await registry.getVersion(context, model, version);
    return store.transaction(async trx => {
      const { lift, lifted } = lifting({
        ...{ context, exceptions, trx },
        model: { name: model },
        subject: { environment, version, digest, release: id },
        mayUse: true,
      });
      await lift('force-promote', {
        code: 'APPROVAL_REQUIRED',
        message: `Promoting release ${number} of ${model} whatever the evidence needs the approval of a second person. Wait for the evidence`,
      });
      const all = [...before, ...lifted];
      await store.settle(trx, id, { lifted: all });
      return all;
    });
  }
}

function permissionFor(action: RolloutAction, environment: Environment) {
  if (action === 'abort') return mlReleaseRollbackPermission;
  if (action === 'promote') return mlReleaseOverridePermission;
  return deployPermission(environment);
}
