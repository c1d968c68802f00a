import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  type CreateReleaseRequest,
  type Environment,
  mlReleaseRollbackPermission,
  type Page,
  type Release,
  type RollbackRequest,
  type RolloutAction,
  type RolloutStatus,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { ExperimentStore } from '../experiments/ExperimentStore';
import type { EvaluationGate } from '../evaluations/EvaluationGate';
import type { RequestContext } from '../http/requestContext';
import type { ProofService } from '../proof/ProofService';
import type { RegistryService } from '../registry/RegistryService';
import { checkReleasable, deployPermission } from './checkReleasable';
import { liveVersion, rollbackVersion } from './deploymentState';
import type { NewRelease, ReleaseStore } from './ReleaseStore';

export interface ReleaseServiceOptions {
  store: ReleaseStore;
  registry: RegistryService;
  authorizer: Authorizer;
  audit: AuditLog;
  changes: ChangeNotifier;
  target: ServingTarget;
  proofs: Pick<ProofService, 'requireSigned'>;
  gate: Pick<EvaluationGate, 'requirePassed'>;
  experiments: Pick<ExperimentStore, 'get'>;
  /** Called when there is a release to carry out. */
  onCreated: () => void;
}

const DONE: Record<RolloutAction, string> = {
  pause: 'Paused',
  resume: 'Resumed',
  abort: 'Aborted',
};

/** Asking for releases, and reading them. The `ReleaseRunner` carries them out. */
export class ReleaseService {
  readonly #options: ReleaseServiceOptions;

  constructor(options: ReleaseServiceOptions) {
    this.#options = options;
  }

  async createRelease(
    context: RequestContext,
    name: string,
    request: CreateReleaseRequest,
    idempotencyKey?: string,
  ): Promise<Release> {
    const { authorizer, gate, proofs, registry } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(
      context,
      deployPermission(request.environment),
      model,
    );
    const version = await registry.getVersion(context, name, request.version);
    checkReleasable(version, request.environment);
    if (request.environment === 'production') {
      await proofs.requireSigned(context, model, version);
    }
    const { environment } = request;
    await gate.requirePassed(context, { model, version, environment });
    await this.#checkNoExperiment(name, request);
    return this.#create(context, {
      ...request,
      strategy: request.strategy ?? 'immediate',
      model: name,
      kind: 'deploy',
      requestedBy: context.actor,
      idempotencyKey,
    });
  }

  async rollback(
    context: RequestContext,
    name: string,
    request: RollbackRequest,
    idempotencyKey?: string,
  ): Promise<Release> {
    const { authorizer, registry } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(
      context,
      mlReleaseRollbackPermission,
      model,
    );
    const repeated = await this.#findRepeated(context, {
      model: name,
      environment: request.environment,
      kind: 'rollback',
      version: request.version,
      idempotencyKey,
    });
    if (repeated) return repeated;
    const { environment, reason } = request;
    const active = await this.#options.store.getActive(name, environment);
    // The way back from a canary is the version beside it.
    if (active?.state === 'progressing' && !request.version) {
      return this.steer(context, active.id, 'abort', { reason });
    }
    const version = await this.#rollbackTarget(name, request);
    checkReleasable(
      await registry.getVersion(context, name, version),
      request.environment,
    );
    return this.#create(context, {
      model: name,
      environment: request.environment,
      kind: 'rollback',
      version,
      strategy: 'immediate',
      reason: request.reason,
      requestedBy: context.actor,
      idempotencyKey,
    });
  }

  /** Pauses, resumes or aborts a canary. */
  async steer(
    context: RequestContext,
    id: string,
    action: RolloutAction,
    { reason }: { reason?: string },
  ): Promise<Release> {
    const { audit, authorizer, registry, store, target } = this.#options;
    const release = await store.get(id);
    if (!release) throw new NotFoundError(`There is no release ${id}`);
    const { environment, number, state, version } = release;
    const model = await registry.getModel(context, release.model);
    await authorizer.requireForModel(
      context,
      action === 'abort'
        ? mlReleaseRollbackPermission
        : deployPermission(environment),
      model,
    );
    if (state !== 'progressing') {
      throw new ConflictError(
        `Release ${number} of ${model.name} in ${environment} is ${state}; only one that is progressing beside the live version can be paused, resumed or aborted`,
      );
    }
    const event = {
      actor: context.actor,
      action: `release.${action}`,
      resource: `deployment:${environment}/${model.name}`,
      details: { release: id, number, version, ...(reason && { reason }) },
      requestId: context.requestId,
    };
    await audit.record({ ...event, outcome: 'intended' });
    const cause = `${DONE[action]} by ${context.actor}${
      reason ? `: ${reason}` : ''
    }`;
    let rollout: RolloutStatus;
    try {
      rollout = await target.steerRollout(release, action, { id, cause });
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
    return { ...release, rollout };
  }

  async getRelease(context: RequestContext, id: string): Promise<Release> {
    const { registry, store } = this.#options;
    const release = await store.get(id);
    if (!release) throw new NotFoundError(`There is no release ${id}`);
    await registry.getModel(context, release.model);
    return { ...release, transitions: await store.getTransitions(id) };
  }

  async listReleases(
    context: RequestContext,
    model: string,
    query: { environment?: Environment; limit: number; cursor?: string },
  ): Promise<Page<Release>> {
    await this.#options.registry.getModel(context, model);
    return this.#options.store.list({ model, ...query });
  }

  /** The data plane would refuse it, after the version was loaded. */
  async #checkNoExperiment(
    model: string,
    { environment, strategy = 'immediate' }: CreateReleaseRequest,
  ): Promise<void> {
    if (strategy === 'immediate') return;
    const key = { model, environment };
    const running = await this.#options.experiments.get(key);
    if (running) {
      throw new ConflictError(
        `Experiment '${running.spec.name}' of ${model} runs in ${environment}, and only an immediate release can go beside it; stop it first ('ml experiments stop ${model} --env ${environment}')`,
      );
    }
  }

  async #rollbackTarget(
    model: string,
    request: RollbackRequest,
  ): Promise<string> {
    const { environment } = request;
    const { store } = this.#options;
    const deployment = await store.getDeployment(model, environment);
    const live = deployment && liveVersion(deployment);
    if (!deployment || !live) {
      throw new ConflictError(
        `${model} is not live in ${environment}, so there is nothing to roll back`,
      );
    }
    if (!request.version) {
      const target = rollbackVersion(deployment);
      if (!target) {
        throw new ConflictError(
          `There is no good version of ${model} before ${live} in ${environment} to roll back to; deploy another one, or name a version that served there before`,
        );
      }
      return target;
    }
    if (request.version === live) {
      throw new ConflictError(
        `${model}@${live} is what is live in ${environment} already`,
      );
    }
    if (!(await store.hasSucceeded(model, environment, request.version))) {
      throw new InputError(
        `version: ${model}@${request.version} never served in ${environment}, so it cannot be rolled back to; deploy it instead`,
      );
    }
    return request.version;
  }

  async #findRepeated(
    context: RequestContext,
    request: Pick<NewRelease, 'model' | 'environment' | 'kind'> & {
      version?: string;
      idempotencyKey?: string;
    },
  ): Promise<Release | undefined> {
    const { idempotencyKey } = request;
    if (!idempotencyKey) return undefined;
    const earlier = await this.#options.store.findByIdempotencyKey(
      context.actor,
      idempotencyKey,
    );
    if (!earlier) return undefined;
    if (
      earlier.model !== request.model ||
      earlier.environment !== request.environment ||
      earlier.kind !== request.kind ||
      (request.version !== undefined && earlier.version !== request.version)
    ) {
      throw new ConflictError(
        `idempotency-key: was used for another request (release ${earlier.number} of ${earlier.model} in ${earlier.environment}); use a new key`,
      );
    }
    return earlier;
  }

  async #create(
    context: RequestContext,
    request: NewRelease,
  ): Promise<Release> {
    const { audit, changes, onCreated, store } = this.#options;
    const repeated = await this.#findRepeated(context, request);
    if (repeated) return repeated;
    const { model, environment } = request;
    let release: Release;
    try {
      release = await store.transaction(async trx => {
        const created = await store.create(trx, request);
        await audit.record(
          {
            actor: context.actor,
            action: `release.${request.kind}`,
            resource: `deployment:${environment}/${model}`,
            outcome: 'intended',
            details: {
              release: created.id,
              number: created.number,
              version: created.version,
              fromVersion: created.fromVersion,
            },
            requestId: context.requestId,
          },
          trx,
        );
        return created;
      });
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
      const again = await this.#findRepeated(context, request);
      if (again) return again;
      const active = await store.getActive(model, environment);
      throw new ConflictError(
        active
          ? `Release ${active.number} (${active.kind} of ${active.version}) of ${model} in ${environment} is under way since ${active.createdAt}; wait until it ends ('ml status ${model} --watch')`
          : `Another release of ${model} in ${environment} was just requested; try again`,
      );
    }
    changes.modelChanged({ model, environment, releaseId: release.id });
    onCreated();
    return release;
  }
}
