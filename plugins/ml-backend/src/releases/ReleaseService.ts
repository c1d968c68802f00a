import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  type CreateReleaseRequest,
  type Environment,
  isWaiting,
  mlReleaseRollbackPermission,
  type Model,
  type Page,
  type PromoteRequest,
  type Release,
  type ReleaseFilter,
  type ReleaseOutlook,
  type RollbackRequest,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { Authorizer } from '../authorization/Authorizer';
import type { ExperimentStore } from '../experiments/ExperimentStore';
import type { EvaluationGate } from '../evaluations/EvaluationGate';
import type { RequestContext } from '../http/requestContext';
import type { ProofService } from '../proof/ProofService';
import type { RegistryService } from '../registry/RegistryService';
import type { ReleaseAdmission } from './admission/ReleaseAdmission';
import { checkReleasable, deployPermission } from './checkReleasable';
import { liveVersion, rollbackVersion } from './deploymentState';
import type { ReleaseCreation } from './ReleaseCreation';
import type { ReleaseStore } from './ReleaseStore';
import type { RolloutSteering } from './RolloutSteering';
import type { WaitingReleases } from './waiting/WaitingReleases';

export interface ReleaseServiceOptions {
  store: ReleaseStore;
  registry: RegistryService;
  authorizer: Authorizer;
  target: ServingTarget;
  proofs: Pick<ProofService, 'requireSigned'>;
  gate: Pick<
    EvaluationGate,
    'isRequiredFor' | 'requirePassable' | 'requirePassed'
  >;
  experiments: Pick<ExperimentStore, 'get'>;
  admission: ReleaseAdmission;
  creation: ReleaseCreation;
  steering: RolloutSteering;
  waiting: WaitingReleases;
}

/** Asking for releases, and reading them. The `ReleaseRunner` carries them out. */
export class ReleaseService {
  readonly #options: ReleaseServiceOptions;

  constructor(options: ReleaseServiceOptions) {
    this.#options = options;
  }

  async createRelease(
    context: RequestContext,
    name: string,
    {
      evaluate = true,
      supersedes,
      ...request
    }: CreateReleaseRequest & { promotedFrom?: string },
    idempotencyKey?: string,
  ): Promise<Release> {
    const { authorizer, gate, proofs, registry } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(
      context,
      deployPermission(request.environment),
      model,
    );
    // It ends what somebody else asked for, as aborting does.
    if (supersedes) {
      await authorizer.requireForModel(
        context,
        mlReleaseRollbackPermission,
        model,
      );
    }
    const version = await registry.getVersion(context, name, request.version);
    checkReleasable(version, request.environment);
    if (request.environment === 'production') {
      await proofs.requireSigned(context, model, version);
    }
    const { environment } = request;
    const asked = { model, version, environment };
    if (evaluate) await gate.requirePassable(context, asked);
    else await gate.requirePassed(context, asked);
    await this.#checkNoExperiment(model, request);
    return this.#options.creation.create(
      context,
      {
        ...request,
        // Settled when it is known what is live.
        strategy: request.strategy ?? 'immediate',
        model: name,
        kind: 'deploy',
        state: (await gate.isRequiredFor(environment)) ? 'gate' : 'pending',
        requestedBy: context.actor,
        idempotencyKey,
      },
      { ...request, model, supersedes, digest: version.digest },
    );
  }

  /** Takes what is live in staging to production: the same version, so the same bytes. */
  async promote(
    context: RequestContext,
    name: string,
    request: PromoteRequest,
    idempotencyKey?: string,
  ): Promise<Release> {
    const { registry, store, target } = this.#options;
    const model = await registry.getModel(context, name);
    const staging = await store.getDeployment(name, 'staging');
    const version = staging && liveVersion(staging);
    if (!staging || !version) {
      throw new ConflictError(
        `${name} is not live in staging, so there is nothing to promote; deploy it there first ('ml deploy ${name}@<version> --env staging')`,
      );
    }
    if (request.version && request.version !== version) {
      throw new ConflictError(
        `${name}@${version} is live in staging, not ${request.version}; look again, or deploy ${request.version} there first`,
      );
    }
    const { digest } = await registry.getVersion(context, name, version);
    const held = await target.getVersion(staging, version);
    if (held?.state !== 'ready' || held.digest !== digest) {
      throw new ConflictError(
        `${name}@${version} is ${
          held?.state ?? 'not loaded'
        } in staging, and only what runs well there is promoted${
          held?.reason ? `: ${held.reason}` : ''
        }`,
      );
    }
    const source = await store.getByNumber(
      { model: model.name, environment: 'staging' },
      staging.releaseNumber!,
    );
    return this.createRelease(
      context,
      name,
      {
        environment: 'production',
        version,
        strategy: request.strategy,
        reason: request.reason,
        evaluate: request.evaluate,
        supersedes: request.supersedes,
        promotedFrom: source?.id,
      },
      idempotencyKey,
    );
  }

  /** What awaits a deployment that is asked for now. */
  async getOutlook(
    context: RequestContext,
    name: string,
    environment: Environment,
  ): Promise<ReleaseOutlook> {
    const model = await this.#options.registry.getModel(context, name);
    return this.#options.admission.outlook(model, environment);
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
    const repeated = await this.#options.creation.findRepeated(context, {
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
      return this.#options.steering.steer(context, active.id, 'abort', {
        reason,
      });
    }
    const version = await this.#rollbackTarget(name, request);
    checkReleasable(
      await registry.getVersion(context, name, version),
      request.environment,
    );
    // Whoever goes back does not want what is about to begin.
    if (active && isWaiting(active.state)) {
      await this.#options.waiting.abort(context, active, reason);
    }
    return this.#options.creation.create(context, {
      model: name,
      environment: request.environment,
      kind: 'rollback',
      state: 'pending',
      version,
      strategy: 'immediate',
      reason: request.reason,
      requestedBy: context.actor,
      idempotencyKey,
    });
  }

  async getRelease(context: RequestContext, id: string): Promise<Release> {
    const { registry, store } = this.#options;
    const release = await store.get(id);
    // A release of a hidden model is not there, and its model is not named.
    const model = await registry.findModel(context, release?.model);
    if (!release || !model) {
      throw new NotFoundError(`There is no release ${id}`);
    }
    return { ...release, transitions: await store.getTransitions(id) };
  }

  async listReleases(
    context: RequestContext,
    model: string,
    query: ReleaseFilter & { limit: number; cursor?: string },
  ): Promise<Page<Release>> {
    await this.#options.registry.getModel(context, model);
    return this.#options.store.list({ model, ...query });
  }

  /** The data plane would refuse it, after the version was loaded. */
  async #checkNoExperiment(
    { name: model, owner }: Pick<Model, 'name' | 'owner'>,
    { environment, strategy }: CreateReleaseRequest,
  ): Promise<void> {
    const { admission, experiments } = this.#options;
    const running = await experiments.get({ model, environment });
    if (!running) return;
    const taken =
      strategy ??
      (await admission.outlook({ name: model, owner }, environment)).strategy;
    if (taken === 'immediate') return;
    throw new ConflictError(
      `Experiment '${running.spec.name}' of ${model} runs in ${environment}, and only an immediate release can go beside it; stop it first ('ml experiments stop ${model} --env ${environment}')`,
    );
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
}
