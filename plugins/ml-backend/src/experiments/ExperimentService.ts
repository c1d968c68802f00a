import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  type Environment,
  type ExperimentArm,
  type ExperimentSpec,
  experimentSpecSchema,
  type ExperimentStatus,
  type ModelExperiment,
  type ServedModelKey,
  type StartExperimentRequest,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { EvaluationGate } from '../evaluations/EvaluationGate';
import type { RequestContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { ProofService } from '../proof/ProofService';
import type { RegistryService } from '../registry/RegistryService';
import { checkReleasable, deployPermission } from '../releases/checkReleasable';
import type { ReleaseStore } from '../releases/ReleaseStore';
import type { ExperimentCarrier } from './ExperimentCarrier';
import { experimentEvent } from './experimentEvent';
import type { ExperimentStore, StoredExperiment } from './ExperimentStore';

export interface ExperimentServiceOptions {
  experiments: ExperimentStore;
  carrier: ExperimentCarrier;
  releases: Pick<ReleaseStore, 'getActive'>;
  registry: RegistryService;
  proofs: Pick<ProofService, 'requireSigned'>;
  gate: Pick<EvaluationGate, 'requirePassed'>;
  authorizer: Authorizer;
  audit: AuditLog;
  changes: ChangeNotifier;
  target: ServingTarget;
}

/**
 * A/B experiments. What is wanted is kept here, so that a data plane that lost
 * its state gets it again; the data plane carries it out and counts.
 */
export class ExperimentService {
  readonly #options: ExperimentServiceOptions;

  constructor(options: ExperimentServiceOptions) {
    this.#options = options;
  }

  /** Also those that were started at the data plane itself. */
  async list(
    context: RequestContext,
    model: string,
  ): Promise<ModelExperiment[]> {
    const { experiments, registry, target } = this.#options;
    await registry.getModel(context, model);
    const stored = await experiments.list({ model });
    let running: Map<Environment, ExperimentStatus>;
    try {
      running = await this.#running(model);
    } catch (error) {
      // What is wanted can be told without a data plane; the counts are absent.
      if (!(error instanceof ServiceUnavailableError)) throw error;
      return stored.map(entry => toModelExperiment(entry));
    }
    const known = new Set(stored.map(({ spec }) => spec.id));
    return [
      ...stored.map(entry =>
        toModelExperiment(entry, running.get(entry.environment)),
      ),
      ...[...running]
        .filter(([, { id }]) => !known.has(id))
        .map(
          ([environment, status]): ModelExperiment => ({
            ...status,
            model,
            environment,
            state: 'running',
          }),
        ),
    ].filter(() => target.putExperiment !== undefined);
  }

  async start(
    context: RequestContext,
    model: string,
    request: StartExperimentRequest,
  ): Promise<ModelExperiment> {
    const { carrier, experiments, releases } = this.#options;
    const { environment, forcible = true, ...rest } = request;
    const key = { model, environment };
    await this.#require(context, key);
    const spec = validate(experimentSpecSchema, {
      ...rest,
      id: randomUUID(),
      revision: 1,
      forcible,
    });
    const before = await experiments.get(key);
    if (before) return this.#repeated(before, spec);
    await this.#checkArms(context, key, spec.arms);
    const active = await releases.getActive(model, environment);
    if (active) {
      throw new ConflictError(
        `Release ${active.number} of ${model} to ${environment} is under way; wait for its end or abort it`,
      );
    }
    const experiment: StoredExperiment = {
      ...key,
      spec,
      stopping: false,
      startedAt: new Date().toISOString(),
      startedBy: context.actor,
    };
    await carrier.load(key, spec.arms);
    try {
      await experiments.transaction(async trx => {
        await experiments.create(trx, experiment);
        await this.#record(context, 'start', experiment, 'intended', trx);
      });
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
      const other = await experiments.get(key);
      if (other) return this.#repeated(other, spec);
      throw new ConflictError(
        `Another experiment of ${model} in ${environment} was just begun; try again`,
      );
    }
    return this.#put(context, 'start', experiment, trx =>
      experiments.remove(trx, experiment),
    );
  }

  async change(
    context: RequestContext,
    key: ServedModelKey,
    arms: ExperimentArm[],
  ): Promise<ModelExperiment> {
    const { carrier, experiments } = this.#options;
    await this.#require(context, key);
    const before = await experiments.get(key);
    if (!before || before.stopping) throw nothingRuns(key);
    if (isDeepStrictEqual(before.spec.arms, arms)) {
      return toModelExperiment(before, await this.#find(key));
    }
    const spec = validate(experimentSpecSchema, {
      ...before.spec,
      arms,
      revision: before.spec.revision + 1,
    });
    await this.#checkArms(context, key, arms);
    await carrier.load(key, arms);
    const after = { ...before, spec };
    await experiments.transaction(async trx => {
      if (!(await experiments.replace(trx, before, after))) {
        throw new ConflictError(
          `Experiment '${spec.name}' of ${key.model} was just changed by somebody else; look at it and try again`,
        );
      }
      await this.#record(context, 'change', after, 'intended', trx);
    });
    return this.#put(context, 'change', after, trx =>
      experiments.replace(trx, after, before),
    );
  }

  /** Once it is recorded it ends, even when the data plane is away for now. */
  async stop(
    context: RequestContext,
    key: ServedModelKey,
  ): Promise<ModelExperiment> {
    const { carrier, experiments } = this.#options;
    await this.#require(context, key);
    let stored = await experiments.get(key);
    if (!stored?.stopping) {
      const before = stored;
      const spec = before?.spec ?? (await this.#foreignSpec(key));
      const stopping: StoredExperiment = {
        startedAt: new Date().toISOString(),
        startedBy: context.actor,
        ...before,
        ...key,
        spec,
        stopping: true,
      };
      await experiments.transaction(async trx => {
        if (!before) await experiments.create(trx, stopping);
        else if (!(await experiments.replace(trx, before, stopping))) {
          throw new ConflictError(
            `Experiment '${spec.name}' of ${key.model} was just changed by somebody else; try again`,
          );
        }
        await this.#record(context, 'stop', stopping, 'intended', trx);
      });
      stored = stopping;
    }
    return toModelExperiment(stored, await carrier.end(stored, context));
  }

  async #require(
    context: RequestContext,
    { environment, model: name }: ServedModelKey,
  ): Promise<void> {
    const { authorizer, registry, target } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(
      context,
      deployPermission(environment),
      model,
    );
    if (!target.putExperiment || !target.endExperiment) {
      throw new ConflictError(
        'The data plane of this platform has no experiments',
      );
    }
  }

  /** An arm needs what a release of its version needs. */
  async #checkArms(
    context: RequestContext,
    { environment, model: name }: ServedModelKey,
    arms: ExperimentArm[],
  ): Promise<void> {
    const { gate, proofs, registry } = this.#options;
    const model = await registry.getModel(context, name);
    for (const arm of arms) {
      const version = await registry.getVersion(context, name, arm.version);
      checkReleasable(version, environment);
      if (environment === 'production') {
        await proofs.requireSigned(context, model, version);
      }
      await gate.requirePassed(context, { model, version, environment });
    }
  }

  async #repeated(
    running: StoredExperiment,
    wanted: ExperimentSpec,
  ): Promise<ModelExperiment> {
    const { environment, model, spec, stopping } = running;
    const same = { ...wanted, id: spec.id, revision: spec.revision };
    if (
      !stopping &&
      isDeepStrictEqual(JSON.parse(JSON.stringify(same)), spec)
    ) {
      return toModelExperiment(running, await this.#find(running));
    }
    throw new ConflictError(
      `Experiment '${spec.name}' of ${model} ${
        stopping ? 'is being stopped' : 'runs'
      } in ${environment}; stop it first ('ml experiments stop ${model} --env ${environment}')`,
    );
  }

  /**
   * Hands a recorded experiment over. Where the data plane is away, the
   * reconciler does it later; where it refuses, the record is taken back.
   */
  async #put(
    context: RequestContext,
    step: 'start' | 'change',
    experiment: StoredExperiment,
    takeBack: (
      trx: Parameters<ExperimentStore['remove']>[0],
    ) => Promise<boolean>,
  ): Promise<ModelExperiment> {
    const { audit, carrier, changes, experiments } = this.#options;
    const event = {
      ...experimentEvent(step, experiment),
      actor: context.actor,
      requestId: context.requestId,
    };
    let status: ExperimentStatus | undefined;
    try {
      status = await carrier.put(experiment);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableError)) {
        await experiments.transaction(async trx => {
          await takeBack(trx);
          await audit.record({ ...event, outcome: 'failed' }, trx);
        });
        throw error;
      }
    }
    if (status) await audit.record({ ...event, outcome: 'succeeded' });
    changes.modelChanged(experiment);
    return toModelExperiment(experiment, status);
  }

  #record(
    context: RequestContext,
    step: 'start' | 'change' | 'stop',
    experiment: StoredExperiment,
    outcome: 'intended',
    trx: Parameters<ExperimentStore['remove']>[0],
  ): Promise<void> {
    const { actor, requestId } = context;
    return this.#options.audit.record(
      { ...experimentEvent(step, experiment), actor, requestId, outcome },
      trx,
    );
  }

  async #running(model: string): Promise<Map<Environment, ExperimentStatus>> {
    const { models } = await this.#options.target.getStatus();
    return new Map(
      models.flatMap(entry =>
        entry.model === model && entry.experiment
          ? [[entry.environment, entry.experiment] as const]
          : [],
      ),
    );
  }

  async #find(key: ServedModelKey): Promise<ExperimentStatus | undefined> {
    return (await this.#running(key.model)).get(key.environment);
  }

  async #foreignSpec(key: ServedModelKey): Promise<ExperimentSpec> {
    const found = await this.#find(key);
    if (!found) throw nothingRuns(key);
    const { counts: _counts, outside: _outside, ...spec } = found;
    return spec;
  }
}

function nothingRuns({ environment, model }: ServedModelKey): NotFoundError {
  return new NotFoundError(
    `No experiment of ${model} runs in ${environment} that the platform started`,
  );
}

function toModelExperiment(
  {
    environment,
    model,
    spec,
    startedAt,
    startedBy,
    stopping,
  }: StoredExperiment,
  status?: ExperimentStatus,
): ModelExperiment {
  const running = status?.id === spec.id ? status : undefined;
  const wanted = running ? 'running' : 'starting';
  const state = stopping ? 'stopping' : wanted;
  return {
    ...spec,
    model,
    environment,
    startedAt,
    startedBy,
    state,
    ...(running && { counts: running.counts, outside: running.outside }),
  };
}
