import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  isRolloutOver,
  type RolloutAction,
  type RolloutEvent,
  type RolloutPlan,
  type RolloutStatus,
  type Routes,
  type ServedModelKey,
  type Verdict,
} from '@ml-platform/plugin-ml-common';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../log/Logger';
import { checkPins, checkReady } from '../serving/checkRoutes';
import type { ServedModel } from '../serving/ServedModel';
import type { StateStore } from '../state/StateStore';
import { blendRoutes } from './blendRoutes';
import { begin, type KeptRollout, weightOf, withEvent } from './progress';
import { Rollout } from './Rollout';

export interface RolloutsOptions {
  store: Pick<StateStore, 'save'>;
  logger: Logger;
  /** Runs a change of one model after those that were asked for before. */
  change<T>(
    key: ServedModelKey,
    task: (model: ServedModel) => Promise<T>,
  ): Promise<T>;
}

/** How long after a disk took nothing it is tried again. */
const SAVE_AGAIN_MS = 1_000;

/** Starts, steers and restores the rollouts of all models. */
export class Rollouts {
  readonly #options: RolloutsOptions;
  /** Those of which more is known than is on disk. */
  readonly #unsaved = new WeakSet<Rollout>();

  constructor(options: RolloutsOptions) {
    this.#options = options;
  }

  /** Accepts a plan; sent again, it changes nothing. */
  async begin(key: ServedModelKey, plan: RolloutPlan): Promise<RolloutStatus> {
    return this.#options.change(key, async model => {
      const known = model.rollout;
      if (known?.kept.plan.id === plan.id) {
        if (isDeepStrictEqual(known.kept.plan, plan)) return known.status();
        throw new ConflictError(
          `rollout ${plan.id} of ${key.model} was accepted with another plan; a plan never changes`,
        );
      }
      if (known && !known.over) {
        throw new ConflictError(
          `rollout ${known.kept.plan.id} of ${key.model} is ${known.kept.state}; abort it or wait for its end`,
        );
      }
      checkPlan(model, plan);
      if (model.experiment) {
        throw new ConflictError(
          `experiment '${model.experiment.spec.name}' of ${key.model} runs in ${key.environment}; end it first`,
        );
      }
      const slowMs = model.versions.get(plan.stable)!.latencies.p99();
      const rollout = this.#create(model, begin(plan, slowMs));
      await this.#keep(model, rollout, rollout.kept);
      model.rollout?.stop();
      model.rollout = rollout;
      rollout.start();
      return rollout.status();
    });
  }

  /** Pauses, resumes or aborts. What is so already stays so. */
  async act(
    key: ServedModelKey,
    action: RolloutAction,
    { id, ...why }: { id: string } & Why,
  ): Promise<RolloutStatus> {
    return this.#options.change(key, async model => {
      const { rollout } = model;
      if (rollout?.kept.plan.id !== id) {
        throw new NotFoundError(
          `${key.model} has no rollout ${id} in ${key.environment}`,
        );
      }
      const next = perform(rollout.kept, action, why);
      if (next) {
        await this.#keep(model, rollout, next);
        if (isRolloutOver(next.state)) rollout.stop();
      }
      return rollout.status();
    });
  }

  /** Takes up what was under way; its clock starts with the server's workers. */
  restore(model: ServedModel, kept: KeptRollout): void {
    model.rollout = this.#create(model, kept);
  }

  #create(model: ServedModel, kept: KeptRollout): Rollout {
    const rollout: Rollout = new Rollout(kept, {
      change: update =>
        this.#options.change(model.key, async () => {
          if (model.rollout !== rollout) return;
          const next = update(rollout.kept);
          if (next) await this.#keepOrHold(model, rollout, next);
        }),
      canaryHealth: () => {
        const runner = model.versions.get(kept.plan.canary);
        if (!runner) return { failed: 'it is not loaded', deaths: 0 };
        const { deaths, lastDeath, state, reason } = runner;
        return {
          deaths,
          lastDeath,
          ...(state === 'failed' && {
            failed: reason ?? 'for no known reason',
          }),
        };
      },
      runner: arm => model.versions.get(kept.plan[arm]),
      onError: error =>
        this.#options.logger.error(
          'A rollout could not go on; it tries again',
          {
            ...model.key,
            reason: (error as Error).message,
          },
        ),
    });
    return rollout;
  }

  /**
   * What a rollout does by itself. A disk that takes nothing must not keep a bad
   * canary in its place: what gives it no larger share holds in memory until it
   * can be saved. After a crash, the rollout then goes on from what is on disk.
   */
  async #keepOrHold(
    model: ServedModel,
    rollout: Rollout,
    next: KeptRollout,
  ): Promise<void> {
    try {
      await this.#keep(model, rollout, next);
      this.#unsaved.delete(rollout);
    } catch (error) {
      const isBolder =
        next.state === 'promoted' || weightOf(next) > weightOf(rollout.kept);
      if (isBolder) throw error;
      this.#take(model, rollout, next, blendRoutes(next.plan, weightOf(next)));
      if (!this.#unsaved.has(rollout)) {
        this.#options.logger.error(
          'What a rollout found out cannot be saved; it holds until the server ends, and the canary gets no larger share before it is',
          { ...model.key, reason: (error as Error).message },
        );
      }
      this.#unsaved.add(rollout);
      if (rollout.over) this.#saveLater(model, rollout);
    }
  }

  /** Nothing else will be saved of a rollout that is over. */
  #saveLater(model: ServedModel, rollout: Rollout): void {
    const { change, store } = this.#options;
    const again = () => this.#saveLater(model, rollout);
    setTimeout(() => {
      change(model.key, async () => {
        if (model.rollout !== rollout) return;
        await store.save(model.toState());
        this.#unsaved.delete(rollout);
      }).catch(again);
    }, SAVE_AGAIN_MS).unref();
  }

  /** On disk, then in memory: routes and what is known of the rollout together. */
  async #keep(
    model: ServedModel,
    rollout: Rollout,
    next: KeptRollout,
  ): Promise<void> {
    const { routes } = await saveRollout(this.#options.store, model, next);
    this.#take(model, rollout, next, routes);
  }

  #take(
    model: ServedModel,
    rollout: Rollout,
    next: KeptRollout,
    routes: Routes,
  ): void {
    const news = next.events.at(-1);
    const isNews =
      news !== rollout.kept.events.at(-1) || rollout !== model.rollout;
    rollout.kept = next;
    model.routes = routes;
    model.emergency = undefined;
    if (news && isNews) {
      this.#options.logger.info(`Rollout: ${news.cause}`, {
        ...model.key,
        version: next.plan.canary,
        state: next.state,
      });
    }
  }
}

async function saveRollout(
  store: Pick<StateStore, 'save'>,
  model: ServedModel,
  next: KeptRollout,
): Promise<{ routes: Routes }> {
  const routes = blendRoutes(next.plan, weightOf(next));
  await store.save({
    ...model.toState(),
    routes,
    rollout: next,
    emergency: undefined,
  });
  return { routes };
}

/** Aborts a rollout within a change of its model. */
export async function abortRollout(options: {
  model: ServedModel;
  rollout: Rollout;
  store: Pick<StateStore, 'save'>;
  cause: string;
}): Promise<void> {
  const { cause, model, rollout, store } = options;
  const next = perform(rollout.kept, 'abort', { cause });
  if (!next) return;
  const { routes } = await saveRollout(store, model, next);
  rollout.kept = next;
  rollout.stop();
  model.routes = routes;
}

/** What is left of a rollout when routes replace it; undefined when it was over. */
export function supersede(
  rollout: Rollout | undefined,
  generation: number,
): KeptRollout | undefined {
  if (!rollout || rollout.over) return rollout?.kept;
  return withEvent(
    { ...rollout.kept, state: 'aborted' },
    'aborted',
    `Routes of generation ${generation} took its place`,
  );
}

/** Why, and who, as far as that is known. */
interface Why {
  cause: string;
  actor?: string;
}

function perform(
  kept: KeptRollout,
  action: RolloutAction,
  { actor, cause }: Why,
): KeptRollout | undefined {
  const { state } = kept;
  if (action === 'abort' && state === 'aborted') return undefined;
  if (action === 'promote' && state === 'promoted') return undefined;
  if (isRolloutOver(state)) {
    throw new ConflictError(`the rollout is over: it was ${state}`);
  }
  const become = (
    next: KeptRollout['state'],
    what: RolloutEvent['what'],
    verdict?: Verdict,
  ) => withEvent({ ...kept, state: next }, what, cause, { actor, verdict });
  switch (action) {
    case 'pause':
      return state === 'paused' ? undefined : become('paused', 'paused');
    case 'resume':
      return state === 'running' ? undefined : become('running', 'resumed');
    case 'promote':
      return become('promoted', 'promoted', kept.verdict);
    default:
      return become('aborted', 'aborted');
  }
}

function checkPlan(model: ServedModel, plan: RolloutPlan): void {
  const { canaryRoutes, stableRoutes, stable } = plan;
  const accepted = model.routes?.generation ?? 0;
  if (stableRoutes.generation <= accepted) {
    throw new ConflictError(
      `generation ${stableRoutes.generation} of the plan is not above the accepted ${accepted}; read the status and send a higher one`,
    );
  }
  for (const routes of [stableRoutes, canaryRoutes]) {
    checkPins(routes);
    checkReady(model, routes);
  }
  if (!model.versions.has(stable)) {
    throw new ConflictError(`version ${stable} is not loaded`);
  }
}
