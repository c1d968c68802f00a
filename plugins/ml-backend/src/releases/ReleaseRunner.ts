import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  isFinal,
  type Release,
  type ReleaseState,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RegistryService } from '../registry/RegistryService';
import type { EventOutbox } from '../webhooks/EventOutbox';
import {
  applyRelease,
  type DeploymentState,
  EMPTY_STATE,
  retainedVersions,
  routesOf,
} from './deploymentState';
import { releaseEvent } from './releaseEvent';
import { ReleaseFailure } from './ReleaseFailure';
import type { ActiveRelease, ReleaseStore } from './ReleaseStore';
import { servedVersionOf } from './servedVersion';

export interface ReleaseRunnerOptions {
  store: ReleaseStore;
  registry: RegistryService;
  target: ServingTarget;
  audit: AuditLog;
  outbox: EventOutbox;
  changes: ChangeNotifier;
  logger: LoggerService;
  /** Milliseconds. */
  loadTimeout: number;
  /** Called when the data plane holds what a release asked for. */
  onRouted: () => Promise<void>;
}

/** Recorded as the actor of what the platform does by itself. */
const ACTOR = 'service:ml-platform';
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** How often orphans of another process, or of an earlier life, are looked for. */
const SWEEP_MS = 5_000;
const POLL_MS = 150;

/**
 * Carries releases out.
 *
 * @remarks
 * The state of a release is in the database, and each step may be repeated:
 * loading a version twice is no change, and routes carry a generation that is
 * drawn together with the transition to `routing`. So a process that dies in
 * mid-release leaves one that the next process takes over when the lease runs
 * out, and finishes from the state it finds. Two processes never carry the
 * same release out: a lease decides, and every transition names the state that
 * it expects.
 */
export class ReleaseRunner {
  readonly #options: ReleaseRunnerOptions;
  readonly #owner = randomUUID();
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #wake = () => {};
  #loop?: Promise<void>;

  constructor(options: ReleaseRunnerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#sweep();
  }

  /** Looks for work at once. */
  wake(): void {
    this.#wake();
  }

  /** Stops taking work; what is under way goes on in the next process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#loop;
    await Promise.all(this.#running.values());
  }

  async #sweep(): Promise<void> {
    const { logger, store } = this.#options;
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      try {
        for (const release of await store.listActive()) this.#take(release);
      } catch (error) {
        logger.error(
          'Could not look for releases to carry out',
          error as Error,
        );
      }
      const timer = new AbortController();
      await Promise.race([
        woken,
        sleep(SWEEP_MS, undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    }
  }

  #take(release: Release): void {
    if (this.#running.has(release.id) || this.#stop.signal.aborted) return;
    const work = this.#run(release.id)
      .catch(error => {
        this.#options.logger.error(
          `Release ${release.number} of ${release.model} in ${release.environment} is interrupted and will be taken up again`,
          error as Error,
        );
      })
      .finally(() => this.#running.delete(release.id));
    this.#running.set(release.id, work);
  }

  async #run(id: string): Promise<void> {
    const { store } = this.#options;
    const claim = () =>
      store.claim(id, this.#owner, new Date(Date.now() + LEASE_MS));
    let release = await claim();
    const lost = new AbortController();
    const renewal = setInterval(() => {
      claim().then(
        kept => kept ?? lost.abort(),
        () => lost.abort(),
      );
    }, RENEW_MS);
    const signal = AbortSignal.any([this.#stop.signal, lost.signal]);
    try {
      while (release && !isFinal(release.state) && !signal.aborted) {
        await this.#step(release, signal);
        release = await claim();
      }
    } finally {
      clearInterval(renewal);
      await store.unclaim(id, this.#owner);
    }
  }

  async #step(release: ActiveRelease, signal: AbortSignal): Promise<void> {
    try {
      switch (release.state) {
        case 'pending':
          await this.#forgetFailure(release);
          await this.#move(release, 'loading', `Loading ${release.version}`);
          return;
        case 'loading':
          await this.#load(release, signal);
          return;
        default:
          await this.#route(release, signal);
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
    const deadline = Date.now() + loadTimeout;
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
    const deprecated = await registry.listDeprecations(release.model);
    const after = applyRelease(await this.#currentState(release), release);
    const deadline = Date.now() + loadTimeout;
    while (!signal.aborted) {
      try {
        await this.#loadRetained(release, after);
        await target.setRoutes(
          release,
          routesOf(after, release.generation!, deprecated),
        );
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
    // Whoever sees the success sees the health that belongs to it.
    await this.#options.onRouted();
    await this.#move(
      release,
      'succeeded',
      `${release.version} serves ${release.environment}`,
      { after },
    );
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
    const { logger, target } = this.#options;
    try {
      const retained = retainedVersions(state);
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

  async #move(
    release: ActiveRelease,
    to: ReleaseState,
    cause: string,
    extra: {
      error?: string;
      after?: DeploymentState;
    } = {},
  ): Promise<void> {
    const { audit, changes, outbox, store } = this.#options;
    const { id, model, environment } = release;
    await store.transaction(async trx => {
      const generation =
        to === 'routing'
          ? await store.nextGeneration(trx, model, environment)
          : undefined;
      const moved = await store.transition(trx, id, {
        from: release.state,
        to,
        actor: ACTOR,
        cause,
        error: extra.error,
        generation,
      });
      if (!moved) {
        throw new Error(`Release ${id} is not ${release.state} any more`);
      }
      if (extra.after) {
        await store.saveDeployment(trx, {
          ...extra.after,
          model,
          environment,
          releaseNumber: release.number,
          since: new Date().toISOString(),
          by: release.requestedBy,
          generation: release.generation!,
        });
      }
      if (isFinal(to)) {
        await audit.record(
          {
            actor: ACTOR,
            action: `release.${release.kind}`,
            resource: `deployment:${environment}/${model}`,
            outcome: to === 'succeeded' ? 'succeeded' : 'failed',
            details: {
              release: id,
              number: release.number,
              version: release.version,
              requestedBy: release.requestedBy,
              ...(extra.error && { error: extra.error }),
            },
          },
          trx,
        );
        await outbox.append(releaseEvent(release, extra.error), trx);
      }
    });
    changes.modelChanged({ model, environment, releaseId: id });
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
