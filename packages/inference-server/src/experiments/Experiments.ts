import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  ExperimentSpec,
  ExperimentStatus,
  ServedModelKey,
} from '@ml-platform/plugin-ml-common';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../log/Logger';
import { checkVersionReady } from '../serving/checkRoutes';
import type { ServedModel } from '../serving/ServedModel';
import type { StateStore } from '../state/StateStore';
import type { CountsFile } from './CountsFile';
import { Experiment } from './Experiment';

/** Counts reach the disk this often: a killed server loses no more of them. */
const KEEP_MS = 2_000;

export interface ExperimentsOptions {
  store: Pick<StateStore, 'save'>;
  counts: Pick<CountsFile, 'load' | 'save' | 'remove'>;
  logger: Logger;
  models(): Iterable<ServedModel>;
  /** Runs a change of one model after those that were asked for before. */
  change<T>(
    key: ServedModelKey,
    task: (model: ServedModel) => Promise<T>,
  ): Promise<T>;
}

/** Starts, changes, ends and restores the experiments of all models. */
export class Experiments {
  readonly #options: ExperimentsOptions;
  #timer: NodeJS.Timeout | undefined;
  #keeping: Promise<void> = Promise.resolve();

  constructor(options: ExperimentsOptions) {
    this.#options = options;
  }

  /** Accepts an experiment or its next revision; sent again, it changes nothing. */
  async put(
    key: ServedModelKey,
    spec: ExperimentSpec,
  ): Promise<ExperimentStatus> {
    const { change, counts, logger, store } = this.#options;
    return change(key, async model => {
      const known = model.experiment;
      if (known && isDeepStrictEqual(known.spec, spec)) return known.status();
      checkSpec(model, spec);
      await store.save({ ...model.toState(), experiment: spec });
      if (known) {
        known.spec = spec;
        return known.status();
      }
      await counts.remove(key, 'late');
      model.experiment = new Experiment(spec);
      logger.info(`Experiment '${spec.name}' began`, { ...key });
      return model.experiment.status();
    });
  }

  /** Ends an experiment; returns what it counted. Callers follow the live split again. */
  async end(key: ServedModelKey, id: string): Promise<ExperimentStatus> {
    const { change, counts, logger, store } = this.#options;
    return change(key, async model => {
      const { experiment } = model;
      if (experiment?.spec.id !== id) {
        throw new NotFoundError(
          `${key.model} has no experiment ${id} in ${key.environment}`,
        );
      }
      await store.save({ ...model.toState(), experiment: undefined });
      model.experiment = undefined;
      await counts.remove(key);
      logger.info(`Experiment '${experiment.spec.name}' ended`, { ...key });
      return experiment.status();
    });
  }

  async restore(model: ServedModel, spec: ExperimentSpec): Promise<void> {
    const experiment = new Experiment(spec);
    const kept = await this.#options.counts.load(model.key, spec.id);
    if (kept) experiment.merge(kept);
    model.experiment = experiment;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#keeping = this.#keeping.then(() => this.#keepAll());
    }, KEEP_MS);
    this.#timer.unref();
  }

  /** Keeps the counts for the last time. `late` ones add to those of a successor. */
  async stop(kind: 'all' | 'late' = 'all'): Promise<void> {
    clearInterval(this.#timer);
    await this.#keeping;
    for (const model of this.#options.models()) {
      if (model.experiment?.changed) await this.#keep(model, kind);
    }
  }

  /** Hands the counts over: what is counted from now on is kept as late. */
  async handOver(): Promise<void> {
    await this.stop();
    for (const model of this.#options.models()) {
      if (model.experiment) {
        model.experiment = new Experiment(model.experiment.spec);
      }
    }
  }

  /** Takes the counts back from a successor that did not come up. */
  async takeBack(): Promise<void> {
    for (const model of this.#options.models()) {
      const { experiment, key } = model;
      if (!experiment) continue;
      const kept = await this.#options.counts.load(key, experiment.spec.id);
      if (kept) experiment.merge(kept);
    }
    this.start();
  }

  async #keepAll(): Promise<void> {
    for (const model of this.#options.models()) {
      const { experiment, key } = model;
      if (!experiment) continue;
      const late = await this.#options.counts.load(
        key,
        experiment.spec.id,
        'late',
      );
      if (late) {
        experiment.merge(late);
        await this.#options.counts.remove(key, 'late');
      }
      if (late || experiment.changed) await this.#keep(model, 'all');
    }
  }

  async #keep(model: ServedModel, kind: 'all' | 'late'): Promise<void> {
    const experiment = model.experiment!;
    experiment.changed = false;
    const { key } = model;
    try {
      const { id } = experiment.spec;
      await this.#options.counts.save(key, id, experiment.toCounts(), kind);
    } catch (error) {
      experiment.changed = true;
      this.#options.logger.warn(
        'The counts of an experiment could not be kept; they are tried again',
        { ...key, reason: (error as Error).message },
      );
    }
  }
}

function checkSpec(model: ServedModel, spec: ExperimentSpec): void {
  const { key, experiment, rollout } = model;
  if (experiment && experiment.spec.id !== spec.id) {
    throw new ConflictError(
      `experiment '${experiment.spec.name}' of ${key.model} runs in ${key.environment}; end it first`,
    );
  }
  if (experiment && spec.revision <= experiment.spec.revision) {
    throw new ConflictError(
      `revision ${spec.revision} of experiment '${spec.name}' is not above the accepted ${experiment.spec.revision}`,
    );
  }
  if (experiment && experiment.spec.name !== spec.name) {
    throw new ConflictError(
      `experiment '${experiment.spec.name}' cannot be renamed: the name decides who gets which arm`,
    );
  }
  if (!model.routes) {
    throw new ConflictError(
      `${key.model} has no live version in ${key.environment}; an experiment needs one for the requests outside of it`,
    );
  }
  if (rollout && !rollout.over) {
    throw new ConflictError(
      `rollout ${rollout.kept.plan.id} of ${key.model} is ${rollout.kept.state}; wait for its end or abort it`,
    );
  }
  for (const { version } of spec.arms) checkVersionReady(model, version);
}
