import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { RolloutPlan } from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { ExperimentStore } from '../experiments/ExperimentStore';
import type { PolicySettings } from '../policy/PolicySettings';
import type { RegistryService } from '../registry/RegistryService';
import type { EventOutbox } from '../webhooks/EventOutbox';
import {
  applyRelease,
  type DeploymentState,
  EMPTY_STATE,
  liveVersion,
  retainedVersions,
  routesOf,
} from './deploymentState';
import { followRollout } from './followRollout';
import { needsPlan, planRollout } from './planRollout';
import { ReleaseFailure } from './ReleaseFailure';
import type { ReleaseMoves } from './ReleaseMoves';
import type { ActiveRelease, ReleaseStore } from './ReleaseStore';
import { servedVersionOf } from './servedVersion';
import type { StrategySettings } from './strategySettings';
import { verdictEvents } from './verdictEvents';
import type { WaitingSteps } from './waiting/WaitingSteps';

export interface ReleaseStepsOptions {
  store: ReleaseStore;
  experiments: Pick<ExperimentStore, 'get'>;
  registry: RegistryService;
  target: ServingTarget;
  outbox: EventOutbox;
  moves: ReleaseMoves;
  waiting: WaitingSteps;
  changes: ChangeNotifier;
  logger: LoggerService;
  /** Milliseconds. */
  loadTimeout: number;
  policies: PolicySettings;
  strategies: StrategySettings;
  /** Called when the data plane holds what a release asked for. */
  onRouted: () => Promise<void>;
}

const POLL_MS = 150;

/**
 * The steps of a release, from one state to the next. Each may be repeated
 * after a crash; see {@link ReleaseRunner} for why.
 */
export class ReleaseSteps {
  readonly #options: ReleaseStepsOptions;

  constructor(options: ReleaseStepsOptions) {
    this.#options = options;
  }

  /** Does what the state of a release asks for, up to the next one. */
  async run(release: ActiveRelease, signal: AbortSignal): Promise<void> {
    try {
      switch (release.state) {
        case 'gate':
        case 'approval':
          await this.#options.waiting.run(release, signal);
          return;
        case 'pending':
          await this.#forgetFailure(release);
          await this.#move(release, 'loading', `Loading ${release.version}`);
          return;
        case 'loading':
          await this.#load(release, signal);
          return;
        case 'routing':
          await this.#route(release, signal);
          return;
        default:
          await this.#follow(release, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ReleaseFailure)) throw error;
      await this.#move(release, 'failed', error.message, {
        error: error.message,
      });
      await this.#unloadOthers(release, await this.#currentState(release));
    }
  }

  /** A version that failed to load before gets a new try. */
  async #forgetFailure(release: ActiveRelease): Promise<void> {
    const { target } = this.#options;
    const { history, majors } = await this.#currentState(release);
    if (retainedVersions({ history, majors }).has(release.version)) return;
    try {
      const held = await target.getVersion(release, release.version);
      if (held?.state === 'failed') {
        await target.unload(release, release.version);
      }
    } catch (error) {
      // The next step waits for a data plane that is away, up to its deadline.
      toObstacle(error);
    }
  }

  async #currentState(release: ActiveRelease): Promise<DeploymentState> {
    return (
      (await this.#options.store.getDeployment(
        release.model,
        release.environment,
      )) ?? EMPTY_STATE
    );
  }

  async #load(release: ActiveRelease, signal: AbortSignal): Promise<void> {
    const { loadTimeout, registry, target } = this.#options;
    const version = await registry.getVersionForRelease(
      release.model,
      release.version,
    );
    let deadline = Date.now() + loadTimeout;
    let obstacle = 'it was not accepted yet';
    while (!signal.aborted) {
      try {
        const status =
          (await target.getVersion(release, release.version)) ??
          (await target.load(release, servedVersionOf(version)));
        if (status.digest !== version.digest) {
          throw new ReleaseFailure(
            `The data plane holds ${release.version} with the digest ${status.digest}, not ${version.digest}`,
          );
        }
        if (status.state === 'ready') {
          await this.#move(
            release,
            'routing',
            `${release.version} is loaded and ready`,
          );
          return;
        }
        if (status.state === 'failed') {
          throw new ReleaseFailure(
            `${release.model}@${release.version} could not be loaded: ${status.reason}`,
          );
        }
        // That has a limit of its own, and says how far it is.
        if (status.state === 'installing') deadline = Date.now() + loadTimeout;
        obstacle = status.reason ?? `it is ${status.state}`;
      } catch (error) {
        obstacle = toObstacle(error);
      }
      if (Date.now() > deadline) {
        throw new ReleaseFailure(
          `${release.model}@${
            release.version
          } was not ready within ${Math.round(
            loadTimeout / 1000,
          )} s: ${obstacle}`,
        );
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #route(release: ActiveRelease, signal: AbortSignal): Promise<void> {
    const { loadTimeout, registry, target } = this.#options;
    const before = await this.#currentState(release);
    const after = applyRelease(before, release);
    const planned = needsPlan(release, before);
    if (release.strategy === 'shadow' && !planned) {
      throw new ReleaseFailure(
        `There is no other version of ${release.model} live in ${release.environment} whose requests could be copied; deploy with another strategy`,
      );
    }
    const deadline = Date.now() + loadTimeout;
    let checked: string | undefined;
    while (!signal.aborted) {
      try {
        await this.#loadRetained(release, after);
        if (!planned) checked = await this.#check(release, before);
        if (planned) {
          const known = await target.getRollout(release);
          if (known?.id !== release.id) {
            const plan = await this.#plan(release, before);
            await target.beginRollout(release, plan);
          }
        } else {
          const deprecated = await registry.listDeprecations(release.model);
          await target.setRoutes(
            release,
            routesOf(after, release.generation!, deprecated),
          );
        }
        break;
      } catch (error) {
        const obstacle = toObstacle(error);
        if (Date.now() > deadline) {
          throw new ReleaseFailure(
            `The routes could not be set within ${Math.round(
              loadTimeout / 1000,
            )} s: ${obstacle}`,
          );
        }
        await sleep(POLL_MS, undefined, { signal }).catch(() => {});
      }
    }
    if (signal.aborted) return;
    if (planned) {
      await this.#move(
        release,
        'progressing',
        release.strategy === 'shadow'
          ? `The data plane copies requests to ${release.version}`
          : `The data plane takes ${release.version} over by itself`,
      );
      return;
    }
    const live = `${release.version} serves ${release.environment}`;
    await this.#succeed(release, after, checked ? `${live}: ${checked}` : live);
  }

  /**
   * Production's own safe way where no version is there to compare with: sample
   * requests, before anybody is sent there.
   *
   * @returns what it found, in words; undefined where nothing had to be checked
   */
  async #check(
    release: ActiveRelease,
    before: DeploymentState,
  ): Promise<string | undefined> {
    const { registry, target } = this.#options;
    const { environment, kind, model, version } = release;
    const isNew =
      environment === 'production' &&
      kind === 'deploy' &&
      liveVersion(before) !== version;
    if (!isNew) return undefined;
    const requests = await registry.readSamples(model, version);
    const { answered, problem } = await target.checkVersion(release, {
      version,
      requests,
    });
    if (problem) throw new ReleaseFailure(`${model}@${version} ${problem}`);
    return `it answered ${answered} sample ${
      answered === 1 ? 'request' : 'requests'
    } well before`;
  }

  async #plan(
    release: ActiveRelease,
    before: DeploymentState,
  ): Promise<RolloutPlan> {
    const { policies, registry, strategies } = this.#options;
    const { model, strategy, version } = release;
    const canary = await policies.get('canary');
    const asksSamples =
      strategy === 'blueGreen' || canary.insufficientEvidence === 'synthetic';
    return planRollout({
      release,
      before,
      canary,
      strategies,
      deprecated: await registry.listDeprecations(model),
      samples: asksSamples ? await registry.readSamples(model, version) : [],
    });
  }

  /** Watches a canary and records how it ended; the data plane needs nothing of it. */
  async #follow(release: ActiveRelease, signal: AbortSignal): Promise<void> {
    const { changes, outbox, store, target } = this.#options;
    const { environment, id, model } = release;
    let told = release.rollout?.events.length ?? 0;
    const before = await this.#currentState(release);
    const over = await followRollout({
      release,
      target,
      signal,
      plan: async () => {
        await this.#loadRetained(release, applyRelease(before, release));
        return this.#plan(release, before);
      },
      onProgress: async status => {
        await store.transaction(async trx => {
          await store.saveRollout(id, status, trx);
          for (const event of verdictEvents(release, status, told)) {
            await outbox.append(event, trx);
          }
        });
        told = status.events.length;
        changes.modelChanged({ model, environment, releaseId: id });
      },
      onObstacle: toObstacle,
    });
    if (!over) return;
    const cause = over.events[over.events.length - 1].cause;
    if (over.state === 'promoted') {
      await this.#succeed(release, applyRelease(before, release), cause);
      return;
    }
    await this.#options.onRouted();
    if (over.state === 'reported') {
      await this.#move(release, 'shadowed', cause);
    } else {
      const to = over.state === 'aborted' ? 'aborted' : 'rolled_back';
      await this.#move(release, to, cause, { error: cause });
    }
    await this.#unloadOthers(release, before);
  }

  async #succeed(
    release: ActiveRelease,
    after: DeploymentState,
    cause: string,
  ): Promise<void> {
    // Whoever sees the success sees the health that belongs to it.
    await this.#options.onRouted();
    await this.#move(release, 'succeeded', cause, { after });
    await this.#unloadOthers(release, after);
  }

  /** A version that pins or a rollback rely on may be gone from a new data plane. */
  async #loadRetained(
    release: ActiveRelease,
    state: DeploymentState,
  ): Promise<void> {
    const { registry, target } = this.#options;
    for (const version of retainedVersions(state)) {
      if (!(await target.getVersion(release, version))) {
        await target.load(
          release,
          servedVersionOf(
            await registry.getVersionForRelease(release.model, version),
          ),
        );
      }
    }
  }

  async #unloadOthers(
    release: ActiveRelease,
    state: DeploymentState,
  ): Promise<void> {
    const { experiments, logger, target } = this.#options;
    try {
      const retained = retainedVersions(state);
      const experiment = await experiments.get(release);
      for (const arm of experiment?.spec.arms ?? []) retained.add(arm.version);
      const { models } = await target.getStatus();
      const served = models.find(
        entry =>
          entry.model === release.model &&
          entry.environment === release.environment,
      );
      for (const { version } of served?.versions ?? []) {
        if (!retained.has(version)) await target.unload(release, version);
      }
    } catch (error) {
      // The next release tidies up; until then it only costs memory.
      logger.warn(
        `Versions of ${release.model} that are not needed any more are still loaded`,
        error as Error,
      );
    }
  }

  #move(...move: Parameters<ReleaseMoves['move']>): Promise<void> {
    return this.#options.moves.move(...move);
  }
}

/** What keeps a step from going on; a final reason is thrown on. */
function toObstacle(error: unknown): string {
  const { name, message } = error as Error;
  if (name === 'ServiceUnavailableError' || name === 'ConflictError') {
    return message;
  }
  if (name === 'InputError') throw new ReleaseFailure(message);
  throw error;
}
