import type {
  EmergencyAnswer,
  EmergencyRequest,
  Environment,
  Routes,
  ServedModelKey,
  ServedModelStatus,
  ServedVersion,
  ServedVersionStatus,
  ServingStatus,
} from '@ml-platform/plugin-ml-common';
import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { isDeepStrictEqual } from 'node:util';
import type { ArtifactSource } from '../artifacts/ArtifactPuller';
import type { Logger } from '../log/Logger';
import type { CountsFile } from '../experiments/CountsFile';
import { Experiments } from '../experiments/Experiments';
import { rollBackNow } from '../rollout/rollBackNow';
import { Rollouts, supersede } from '../rollout/Rollouts';
import type { StateStore } from '../state/StateStore';
import { type Bounds, defaultBounds } from './Bounds';
import { checkRoutes } from './checkRoutes';
import { KeyedQueue } from './KeyedQueue';
import { limitsOf } from './limits';
import { ServedModel, versionsIn } from './ServedModel';
import { VersionRunner } from './VersionRunner';
import type { Launchers } from './workers/createLaunchers';

export interface ServingPlaneOptions {
  store: Pick<StateStore, 'load' | 'save' | 'remove'>;
  counts: Pick<CountsFile, 'load' | 'save' | 'remove'>;
  puller: ArtifactSource;
  launchers: Pick<Launchers, 'of'>;
  /** What no version goes beyond; what fits the machine when not given. */
  bounds?: Bounds;
  logger: Logger;
}

/**
 * Everything that is served. Changes of one model happen one after the other:
 * checked, then on disk, then in memory, then answered. What was answered
 * therefore survives any crash, and what was not may be asked for again.
 */
export class ServingPlane {
  readonly #options: ServingPlaneOptions;
  readonly #models = new Map<string, ServedModel>();
  readonly #changes = new KeyedQueue();
  /** Canaries that take over by a plan. */
  readonly rollouts: Rollouts;
  readonly experiments: Experiments;
  readonly #draining = new Map<VersionRunner, Promise<void>>();
  #restored = false;
  #frozen = false;
  #settle: () => void = () => {};
  /** Resolves when {@link ServingPlane.restored} holds. */
  readonly settled = new Promise<void>(resolve => {
    this.#settle = resolve;
  });
  #nextSocketPath: () => string = () => {
    throw new Error('not started');
  };

  constructor(options: ServingPlaneOptions) {
    this.#options = options;
    const change = <T>(
      key: ServedModelKey,
      task: (model: ServedModel) => Promise<T>,
    ) => this.#change(key, () => task(this.#model(key)));
    this.rollouts = new Rollouts({ ...options, change });
    this.experiments = new Experiments({
      ...options,
      change,
      models: () => this.#models.values(),
    });
  }

  /** Reads the accepted state. No process starts yet. */
  async restore(): Promise<void> {
    for (const state of await this.#options.store.load()) {
      const model = this.#model(state);
      for (const spec of state.versions) {
        model.versions.set(spec.version, this.#runner(state, spec));
      }
      model.routes = state.routes;
      model.emergency = state.emergency;
      if (state.rollout) this.rollouts.restore(model, state.rollout);
      if (state.experiment) {
        await this.experiments.restore(model, state.experiment);
      }
    }
  }

  /**
   * Starts what was restored. `nextSocketPath` gives fresh paths for workers'
   * sockets; nothing is changed before `takesOver`, while another still serves.
   */
  start(
    nextSocketPath: () => string,
    takesOver: Promise<void> = Promise.resolve(),
  ): void {
    this.#nextSocketPath = nextSocketPath;
    const runners = [...this.#models.values()].flatMap(({ versions }) => [
      ...versions.values(),
    ]);
    for (const runner of runners) runner.start();
    Promise.all(runners.map(({ settled }) => settled)).then(async () => {
      this.#restored = true;
      this.#settle();
      await takesOver;
      this.experiments.start();
      for (const model of this.#models.values()) model.rollout?.start();
      this.#removeUnusedBlobs();
    });
  }

  /** Names of the versions that can answer. */
  readyVersions(): string[] {
    return [...this.#models.values()].flatMap(({ key, versions }) =>
      [...versions.values()]
        .filter(({ state }) => state === 'ready')
        .map(({ spec }) => `${nameOf(key)}@${spec.version}`),
    );
  }

  /** Accepts no change any more, so that a successor starts from what is on disk. */
  async freeze(): Promise<void> {
    this.#frozen = true;
    for (const model of this.#models.values()) model.rollout?.stop();
    await this.#changes.idle();
    await this.experiments.handOver();
  }

  /** There is no successor after all. */
  async thaw(): Promise<void> {
    await this.experiments.takeBack();
    this.#frozen = false;
    for (const model of this.#models.values()) model.rollout?.start();
  }

  /** Every version that was accepted before the start has had its first attempt. */
  get restored(): boolean {
    return this.#restored;
  }

  find(environment: Environment, model: string): ServedModel | undefined {
    return this.#models.get(`${environment}/${model}`);
  }

  modelNames(environment: Environment): string[] {
    return [...this.#models.values()]
      .filter(({ key }) => key.environment === environment)
      .map(({ key }) => key.model);
  }

  models(): Iterable<ServedModel> {
    return this.#models.values();
  }

  status(): ServingStatus {
    return { models: [...this.#models.values()].map(model => model.status()) };
  }

  /** Accepts a version. A failed one that is sent again is tried again. */
  async load(
    key: ServedModelKey,
    spec: ServedVersion,
  ): Promise<ServedVersionStatus> {
    return this.#change(key, async () => {
      const model = this.#model(key);
      const known = model.versions.get(spec.version);
      if (known) {
        assertSame(known.spec, spec);
        if (known.state !== 'failed') return known.status();
        await known.drainAndStop();
      }
      if (!known) {
        const state = model.toState();
        const versions = [...state.versions, spec];
        await this.#options.store.save({ ...state, versions });
      }
      const runner = this.#runner(key, spec);
      model.versions.set(spec.version, runner);
      runner.start();
      return runner.status();
    });
  }

  async setRoutes(
    key: ServedModelKey,
    routes: Routes,
  ): Promise<ServedModelStatus> {
    return this.#change(key, async () => {
      const model = this.#model(key);
      if (checkRoutes(model, routes)) {
        const rollout = supersede(model.rollout, routes.generation);
        await this.#options.store.save({
          ...model.toState(),
          routes,
          rollout,
          emergency: undefined,
        });
        model.routes = routes;
        model.emergency = undefined;
        if (model.rollout && rollout) {
          model.rollout.kept = rollout;
          model.rollout.stop();
        }
      }
      return model.status();
    });
  }

  /** Goes back to the last good version without the control plane, see {@link rollBackNow}. */
  async rollBack(
    key: ServedModelKey,
    request: EmergencyRequest,
  ): Promise<EmergencyAnswer> {
    return this.#change(key, () =>
      rollBackNow({ ...this.#options, model: this.#model(key), request }),
    );
  }

  /** Resolves when the version has finished its requests and its worker is gone. */
  async unload(key: ServedModelKey, version: string): Promise<void> {
    const runner = await this.#change(key, async () => {
      const model = this.#model(key);
      const found = model.versions.get(version);
      if (!found) return undefined;
      const { rollout } = model;
      if (rollout?.needs(version)) {
        throw new ConflictError(
          `rollout ${rollout.kept.plan.id} of ${key.model} in ${key.environment} needs version ${version}; abort it first`,
        );
      }
      if (model.experiment?.needs(version)) {
        throw new ConflictError(
          `experiment '${model.experiment.spec.name}' of ${key.model} in ${key.environment} needs version ${version}; end it first`,
        );
      }
      if (versionsIn(model.routes).includes(version)) {
        throw new ConflictError(
          `the routes of ${key.model} in ${key.environment} name version ${version}; route elsewhere first`,
        );
      }
      const state = model.toState();
      const versions = state.versions.filter(v => v.version !== version);
      await this.#options.store.save({ ...state, versions });
      model.versions.delete(version);
      return found;
    });
    if (runner) await this.#drain([runner]);
  }

  /** Takes a model out of an environment, routes and all. */
  async remove(key: ServedModelKey): Promise<void> {
    const runners = await this.#change(key, async () => {
      const model = this.#model(key);
      await this.#options.store.remove(key);
      const found = [...model.versions.values()];
      model.rollout?.stop();
      model.rollout = undefined;
      model.experiment = undefined;
      model.emergency = undefined;
      model.versions.clear();
      model.routes = undefined;
      return found;
    });
    await this.#drain(runners);
  }

  /** Ends all workers after the requests under way. */
  async stop(): Promise<void> {
    for (const model of this.#models.values()) model.rollout?.stop();
    await this.experiments.stop(this.#frozen ? 'late' : 'all');
    const runners = [...this.#models.values()].flatMap(({ versions }) => [
      ...versions.values(),
    ]);
    await Promise.all([
      ...runners.map(runner => runner.drainAndStop()),
      ...this.#draining.values(),
    ]);
  }

  async #change<T>(key: ServedModelKey, task: () => Promise<T>): Promise<T> {
    const name = nameOf(key);
    if (this.#frozen) {
      throw new ServiceUnavailableError(
        'the inference server is being replaced by a newer one; send the request again in a few seconds',
      );
    }
    return this.#changes.run(name, async () => {
      try {
        return await task();
      } finally {
        // A model that holds nothing is not there.
        const model = this.#models.get(name);
        if (model && !model.versions.size && !model.routes) {
          this.#models.delete(name);
        }
      }
    });
  }

  #model({ environment, model }: ServedModelKey): ServedModel {
    const key = { environment, model };
    const known = this.#models.get(nameOf(key));
    if (known) return known;
    const created = new ServedModel(key);
    this.#models.set(nameOf(key), created);
    return created;
  }

  #runner(
    { environment, model }: ServedModelKey,
    spec: ServedVersion,
  ): VersionRunner {
    const key = { environment, model };
    const { bounds = defaultBounds(), launchers, logger } = this.#options;
    const { cuts, limits } = limitsOf(spec, environment, bounds);
    if (cuts.length) {
      logger.warn('A version asks for more than this server gives', {
        ...{ ...key, version: spec.version, cuts: cuts.join('; ') },
      });
    }
    const subject = { key, limits, spec };
    return new VersionRunner({
      ...this.#options,
      ...subject,
      launcher: launchers.of(subject, () => this.#nextSocketPath()),
    });
  }

  async #drain(runners: VersionRunner[]): Promise<void> {
    for (const runner of runners) {
      this.#draining.set(runner, runner.drainAndStop());
    }
    await Promise.all(runners.map(runner => this.#draining.get(runner)));
    for (const runner of runners) this.#draining.delete(runner);
    await this.#removeUnusedBlobs();
  }

  async #removeUnusedBlobs(): Promise<void> {
    // Before that, not every claim is made yet.
    if (!this.#restored) return;
    const { puller, logger } = this.#options;
    try {
      const removed = await puller.removeUnused();
      if (removed) logger.info('Removed cached blobs', { removed });
    } catch (error) {
      logger.warn('Cached blobs could not be removed', {
        reason: (error as Error).message,
      });
    }
  }
}

function nameOf(key: ServedModelKey): string {
  return `${key.environment}/${key.model}`;
}

function assertSame(accepted: ServedVersion, asked: ServedVersion): void {
  if (isDeepStrictEqual(accepted, asked)) return;
  const what =
    accepted.digest === asked.digest
      ? 'another description'
      : `digest ${accepted.digest}`;
  throw new ConflictError(
    `version ${asked.version} was accepted with ${what}; a version never changes, so register a new one`,
  );
}
