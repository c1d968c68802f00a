import {
  type Arm,
  isRolloutOver,
  type RolloutStatus,
  TickCounter,
} from '@ml-platform/plugin-ml-common';
import { Mirror } from '../mirror/Mirror';
import { toReport } from '../mirror/MirrorCounter';
import type { VersionRunner } from '../serving/VersionRunner';
import {
  advance,
  advanceMirror,
  afterReplay,
  replayDue,
  rollBack,
} from './advance';
import { checkVersion } from './checkVersion';
import { type KeptRollout, nextPhase, phaseOf, weightOf } from './progress';
import { replaySamples } from './replaySamples';
import { withPoint } from './series';
import { TickLatencies } from './TickLatencies';

/** How often the canary's health is looked at between ticks, in milliseconds. */
const HEALTH_MS = 1_000;
/** A canary whose worker ended this often within a step is given up. */
const MAX_DEATHS = 3;

/** What a rollout needs to know of the canary's worker. */
export interface CanaryHealth {
  failed?: string;
  /** How often its worker has ended since the server's start. */
  deaths: number;
  lastDeath?: string;
}

export interface RolloutHost {
  /** Replaces what is kept and routed, if it is still `from`. On disk first. */
  change(
    update: (current: KeptRollout) => KeptRollout | undefined,
  ): Promise<void>;
  canaryHealth(): CanaryHealth;
  runner(arm: Arm): VersionRunner | undefined;
  onError(error: unknown): void;
}

/** A request that took part in the split. */
export interface SplitRequest {
  version: string;
  client: string;
  status: number;
  latencyMs: number;
}

/** Carries one plan out: counts, asks the judge every tick, and acts on it. */
export class Rollout {
  kept: KeptRollout;
  readonly #mirror: Mirror | undefined;
  readonly #host: RolloutHost;
  readonly #counter: TickCounter;
  readonly #latencies = new TickLatencies();
  #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  /** By the monotonic clock: the other one can be set. */
  #lastTick = performance.now();
  #deathsBefore = 0;
  #step = -1;

  constructor(kept: KeptRollout, host: RolloutHost) {
    this.kept = kept;
    this.#host = host;
    this.#counter = new TickCounter(kept.plan.clientCap);
    const { mirror, stable } = kept.plan;
    this.#mirror =
      mirror &&
      new Mirror({
        settings: mirror,
        live: stable,
        shadow: () => host.runner('canary'),
        kept: kept.mirrored,
      });
  }

  status(): RolloutStatus {
    const { plan, judge: _, mirrored, stepReplayed: __, ...shown } = this.kept;
    const { id, canary, mirror, stable, steps, strategy } = plan;
    return {
      ...{ id, canary, stable, steps },
      ...(strategy && { strategy }),
      ...(mirror && { mirror }),
      ...(mirrored && { report: toReport(mirrored) }),
      weight: weightOf(this.kept),
      ...shown,
    };
  }

  get over(): boolean {
    return isRolloutOver(this.kept.state);
  }

  /** Where copies of requests go, while they do. */
  get mirror(): Mirror | undefined {
    const { kept } = this;
    return kept.state === 'running' && phaseOf(kept) === 'mirror'
      ? this.#mirror
      : undefined;
  }

  start(): void {
    if (this.over) return;
    this.#lastTick = performance.now();
    this.#stopping = new AbortController();
    this.#schedule(0);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopping.abort();
    this.#mirror?.stop();
  }

  /** Counts a request that was not pinned to one version exactly. */
  count({ version, client, status, latencyMs }: SplitRequest): void {
    const { heldMs, plan, slowMs, state, step } = this.kept;
    // Callers who went away, and what callers got wrong, say nothing of a version.
    if (state !== 'running' || phaseOf(this.kept) !== 'steps') return;
    if (status >= 400 && status < 500) return;
    const arm: Arm = version === plan.canary ? 'canary' : 'stable';
    // Its first answers are slow: the code is not compiled, nothing is cached.
    const warm = step > 0 || heldMs > 0;
    this.#counter.count({
      arm,
      client,
      bad: status >= 500,
      slow: warm && slowMs !== undefined && latencyMs > slowMs,
    });
    this.#latencies.add(arm, latencyMs);
  }

  /** Whether a version is the canary of a rollout that goes on. */
  isCanary(version: string): boolean {
    const { plan, state } = this.kept;
    return version === plan.canary && !isRolloutOver(state);
  }

  /** Whether a version may not go while this goes on. */
  needs(version: string): boolean {
    const { plan } = this.kept;
    return !this.over && [plan.stable, plan.canary].includes(version);
  }

  #schedule(wait = Math.min(HEALTH_MS, this.kept.plan.tickMs)): void {
    this.#timer = setTimeout(async () => {
      try {
        await this.#turn();
      } catch (error) {
        this.#host.onError(error);
      }
      if (this.#timer && !this.over) this.#schedule();
    }, wait);
    this.#timer.unref();
  }

  async #turn(): Promise<void> {
    const { kept } = this;
    const sick = this.#sickness();
    if (sick) {
      await this.#host.change(current =>
        isRolloutOver(current.state) ? undefined : rollBack(current, sick),
      );
      return;
    }
    if (phaseOf(kept) === 'check') {
      await this.#check();
      return;
    }
    const now = performance.now();
    const elapsedMs = now - this.#lastTick;
    if (elapsedMs < kept.plan.tickMs) return;
    this.#lastTick = now;
    if (phaseOf(kept) === 'mirror') {
      await this.#host.change(current =>
        current.state === 'running' && phaseOf(current) === 'mirror'
          ? advanceMirror(current, this.#mirror!.counter.toKept(), elapsedMs)
          : undefined,
      );
      return;
    }
    const tick = this.#counter.take(Date.now(), weightOf(kept) < 100);
    const latency = this.#latencies.take();
    await this.#host.change(current =>
      current.state === 'running'
        ? withPoint(advance(current, tick, elapsedMs), current, tick, latency)
        : undefined,
    );
    const due = replayDue(this.kept);
    if (due) await this.#replay(due);
  }

  /** Makes up for traffic that is not there: both versions get the same samples. */
  async #replay(count: number): Promise<void> {
    const { plan, slowMs, step } = this.kept;
    const latencies = new TickLatencies();
    const send = (arm: Arm) =>
      replaySamples({
        ...{ count, slowMs },
        runner: this.#host.runner(arm),
        requests: plan.replay?.requests ?? [],
        onAnswer: ms => latencies.add(arm, ms),
        signal: this.#stopping.signal,
      });
    const compares = weightOf(this.kept) < 100;
    const [canary, stable] = await Promise.all([
      send('canary'),
      compares ? send('stable') : undefined,
    ]);
    if (this.#stopping.signal.aborted) return;
    const tick = { at: Date.now(), canary, ...(stable && { stable }) };
    await this.#host.change(current =>
      current.state === 'running' && current.step === step
        ? withPoint(afterReplay(current, tick), current, tick, latencies.take())
        : undefined,
    );
    this.#lastTick = performance.now();
  }

  async #check(): Promise<void> {
    const { plan, state } = this.kept;
    if (state !== 'running') return;
    const { answered, problem } = await checkVersion(
      this.#host.runner('canary'),
      plan.check!.requests,
    );
    await this.#host.change(current => {
      if (current.state !== 'running' || phaseOf(current) !== 'check') {
        return undefined;
      }
      if (problem) return rollBack(current, `${plan.canary} ${problem}`);
      return nextPhase(current, `it answered ${answered} sample requests well`);
    });
    this.#lastTick = performance.now();
  }

  /** Why the canary must go, whatever the traffic says. */
  #sickness(): string | undefined {
    const { canary } = this.kept.plan;
    const { failed, deaths, lastDeath } = this.#host.canaryHealth();
    if (failed) return `${canary} failed: ${failed}`;
    if (this.#step !== this.kept.step) {
      this.#step = this.kept.step;
      this.#deathsBefore = deaths;
    }
    if (deaths - this.#deathsBefore < MAX_DEATHS) return undefined;
    return `The worker of ${canary} ended ${MAX_DEATHS} times in this step: ${lastDeath}`;
  }
}
