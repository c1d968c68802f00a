import {
  ConflictError,
  InputError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  type AccessSnapshot,
  DEFAULT_JUDGE_SETTINGS,
  type Environment,
  type ExperimentSpec,
  isRolloutOver,
  judge,
  type RolloutAction,
  type RolloutPlan,
  type RolloutStatus,
  type Routes,
  type ServedModelKey,
  type ServedModelStatus,
  type ServedVersion,
  type ServedVersionStatus,
  type ServingStatus,
  startStep,
  type VersionCheck,
} from '@ml-platform/plugin-ml-common';
import { randomUUID } from 'node:crypto';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';

/**
 * A serving target in memory, with the same rules as the inference server, that
 * a test can take down, hold up or let fail. The real server is behind the
 * same interface in the tests of the whole platform.
 */
export class ScriptedServingTarget implements ServingTarget {
  /** What becomes of versions that are loaded from now on. */
  outcome: Pick<ServedVersionStatus, 'state' | 'reason'> = { state: 'ready' };
  down = false;
  /** Base URL of both gateways, for tests that call one. */
  gateway?: string;
  /** Every version that it was asked to hold. */
  readonly asked: ServedVersion[] = [];
  /** What comes of sample requests. */
  check?: VersionCheck;
  /** Versions that were asked sample requests, and how many. */
  readonly checked: Array<{ version: string; requests: number }> = [];
  /** Whether a rollout is good, as soon as it begins. */
  promotesAtOnce = false;
  rollsBackAtOnce = false;
  #models = new Map<string, ServedModelStatus>();
  /** What was handed over, by id of the release. */
  readonly plans = new Map<string, RolloutPlan>();

  /** Whom it lets in. */
  access?: AccessSnapshot;

  async setAccess(snapshot: AccessSnapshot) {
    this.#answer();
    this.access = snapshot;
    return this.getAccess();
  }

  async getAccess() {
    this.#answer();
    const { epoch, revision } = this.access ?? {};
    return { epoch, revision, lastUsed: {} };
  }

  async load(key: ServedModelKey, version: ServedVersion) {
    this.#answer();
    this.asked.push(version);
    const model = this.#model(key);
    const held = model.versions.find(
      entry => entry.version === version.version,
    );
    if (held) return { ...held };
    const status: ServedVersionStatus = {
      version: version.version,
      digest: version.digest,
      ...this.outcome,
      requests: 0,
      errors: 0,
    };
    model.versions.push(status);
    return { ...status };
  }

  async getVersion(key: ServedModelKey, version: string) {
    this.#answer();
    return this.#models
      .get(keyOf(key))
      ?.versions.find(entry => entry.version === version);
  }

  async setRoutes(key: ServedModelKey, routes: Routes) {
    this.#answer();
    const model = this.#model(key);
    if (routes.generation < (model.routes?.generation ?? 0)) {
      throw new ConflictError(`generation ${routes.generation} is stale`);
    }
    for (const { version } of [
      ...routes.split,
      ...Object.values(routes.majors).flat(),
    ]) {
      const state = model.versions.find(
        entry => entry.version === version,
      )?.state;
      if (state !== 'ready') throw new ConflictError(`${version} is not ready`);
    }
    model.routes = routes;
    model.emergency = undefined;
  }

  async checkVersion(
    key: ServedModelKey,
    { requests, version }: { version: string; requests: string[] },
  ) {
    this.#answer();
    const held = await this.getVersion(key, version);
    if (held?.state !== 'ready')
      return { answered: 0, problem: 'is not ready' };
    this.checked.push({ version, requests: requests.length });
    return this.check ?? { answered: requests.length };
  }

  async remove(key: ServedModelKey) {
    this.#answer();
    this.#models.delete(keyOf(key));
  }

  async beginRollout(key: ServedModelKey, plan: RolloutPlan) {
    this.#answer();
    const model = this.#model(key);
    const known = model.rollout;
    if (known?.id === plan.id) return known;
    if (known && !isRolloutOver(known.state)) {
      throw new ConflictError(`rollout ${known.id} is ${known.state}`);
    }
    const { canary, id, stable, stableRoutes, steps } = plan;
    await this.setRoutes(key, stableRoutes);
    model.rollout = {
      ...{ id, canary, stable, steps },
      state: 'running',
      step: 0,
      weight: steps[0].weight,
      heldMs: 0,
      flagged: false,
      events: [],
    };
    this.plans.set(id, plan);
    if (this.rollsBackAtOnce)
      this.endRollout(key, 'rolled_back', 'It is worse');
    if (this.promotesAtOnce) this.endRollout(key, 'promoted', 'It is good');
    return model.rollout;
  }

  async getRollout(key: ServedModelKey) {
    this.#answer();
    return structuredClone(this.#models.get(keyOf(key))?.rollout);
  }

  async steerRollout(
    key: ServedModelKey,
    action: RolloutAction,
    { actor, cause, id }: { id: string; cause: string; actor?: string },
  ) {
    this.#answer();
    const { rollout } = this.#model(key);
    if (rollout?.id !== id) throw new InputError(`there is no rollout ${id}`);
    const what = (
      {
        pause: 'paused',
        resume: 'running',
        abort: 'aborted',
        promote: 'promoted',
      } as const
    )[action];
    this.endRollout(key, what, cause);
    if (actor) rollout.events.at(-1)!.actor = actor;
    return rollout;
  }

  /** The judge passed a step. */
  decide(key: ServedModelKey, cause: string) {
    const { rollout } = this.#model(key);
    if (!rollout) throw new Error('There is no rollout');
    rollout.step += 1;
    rollout.events.push({
      at: new Date().toISOString(),
      what: 'step',
      step: rollout.step,
      cause,
      verdict: judge(startStep(), DEFAULT_JUDGE_SETTINGS),
    });
  }

  /** What the data plane decides by itself, or is told to. */
  endRollout(
    key: ServedModelKey,
    state: RolloutStatus['state'],
    cause: string,
  ) {
    const model = this.#model(key);
    const { rollout } = model;
    if (!rollout) throw new Error('There is no rollout');
    const { canaryRoutes, stableRoutes } = this.plans.get(rollout.id)!;
    model.routes = state === 'promoted' ? canaryRoutes : stableRoutes;
    rollout.state = state;
    if (state === 'promoted') rollout.weight = 100;
    rollout.events.push({
      at: new Date().toISOString(),
      what: state === 'running' ? 'resumed' : state,
      step: rollout.step,
      cause,
    });
  }

  async putExperiment(key: ServedModelKey, spec: ExperimentSpec) {
    this.#answer();
    const model = this.#model(key);
    for (const { version } of spec.arms) {
      const held = model.versions.find(entry => entry.version === version);
      if (held?.state !== 'ready')
        throw new ConflictError(`${version} is not ready`);
    }
    const known = model.experiment;
    if (known && known.id !== spec.id) {
      throw new ConflictError(`experiment ${known.id} runs`);
    }
    model.experiment = {
      ...spec,
      counts: Object.fromEntries(
        spec.arms.map(({ name }) => [
          name,
          { requests: 4, errors: 1, forced: 0 },
        ]),
      ),
      outside: 0,
    };
    return model.experiment;
  }

  async endExperiment(key: ServedModelKey, id: string) {
    this.#answer();
    const model = this.#model(key);
    const { experiment } = model;
    if (experiment?.id !== id) throw new InputError(`there is no ${id}`);
    model.experiment = undefined;
    return experiment;
  }

  /** Somebody asked it directly to go back. */
  rollBackNow(key: ServedModelKey, cause: string): string {
    const model = this.#model(key);
    const { fallback, generation, majors, split } = model.routes!;
    const to = [{ version: fallback!, weight: 100 }];
    const id = randomUUID();
    model.emergency = {
      id,
      at: new Date().toISOString(),
      from: split[0].version,
      to: fallback!,
      cause,
      generation: generation + 1,
      experiment: model.experiment?.id,
    };
    model.experiment = undefined;
    model.routes = {
      generation: generation + 1,
      split: to,
      majors: { ...majors, [fallback!.split('.')[0]]: to },
    };
    return id;
  }

  async unload(key: ServedModelKey, version: string) {
    this.#answer();
    const model = this.#model(key);
    model.versions = model.versions.filter(entry => entry.version !== version);
  }

  async getStatus(): Promise<ServingStatus> {
    this.#answer();
    return structuredClone({ models: [...this.#models.values()] });
  }

  getGatewayUrl(environment: Environment) {
    return this.gateway ?? `http://${environment}.example`;
  }

  /** Everything that was accepted is gone, as with a new data folder. */
  loseState() {
    this.#models = new Map();
  }

  finishLoading() {
    this.outcome = { state: 'ready' };
    for (const model of this.#models.values()) {
      for (const version of model.versions) version.state = 'ready';
    }
  }

  held(environment: Environment, model: string): ServedModelStatus | undefined {
    return this.#models.get(keyOf({ environment, model }));
  }

  #answer() {
    if (this.down) throw new ServiceUnavailableError('connection refused');
  }

  #model(key: ServedModelKey): ServedModelStatus {
    const { environment, model } = key;
    const status = this.#models.get(keyOf(key)) ?? {
      environment,
      model,
      versions: [],
    };
    this.#models.set(keyOf(key), status);
    return status;
  }
}

function keyOf(key: ServedModelKey): string {
  return `${key.environment}/${key.model}`;
}
