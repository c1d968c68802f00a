import {
  type Arm,
  isRolloutOver,
  type RolloutStatus,
  TickCounter,
} from '@ml-platform/plugin-ml-common';
import { advance, rollBack } from './advance';
import { type KeptRollout, weightOf } from './progress';

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
  readonly #host: RolloutHost;
  readonly #counter: TickCounter;
  #timer: NodeJS.Timeout | undefined;
  #lastTick = Date.now();
  #deathsBefore = 0;
  #step = -1;

  constructor(kept: KeptRollout, host: RolloutHost) {
    this.kept = kept;
    this.#host = host;
    this.#counter = new TickCounter(kept.plan.clientCap);
  }

  status(): RolloutStatus {
    const { plan, judge: _, ...shown } = this.kept;
    const { id, canary, stable, steps } = plan;
    return { id, canary, stable, steps, weight: weightOf(this.kept), ...shown };
  }

  start(): void {
    if (isRolloutOver(this.kept.state)) return;
    this.#lastTick = Date.now();
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Counts a request that was not pinned to one version exactly. */
  count({ version, client, status, latencyMs }: SplitRequest): void {
    const { heldMs, plan, slowMs, state, step } = this.kept;
    // Callers who went away, and what callers got wrong, say nothing of a version.
    if (state !== 'running' || (status >= 400 && status < 500)) return;
    const arm: Arm = version === plan.canary ? 'canary' : 'stable';
    // Its first answers are slow: the code is not compiled, nothing is cached.
    const warm = step > 0 || heldMs > 0;
    this.#counter.count({
      arm,
      client,
      bad: status >= 500,
      slow: warm && slowMs !== undefined && latencyMs > slowMs,
    });
  }

  /** Whether a version may not go while this goes on. */
  needs(version: string): boolean {
    const { plan, state } = this.kept;
    const needed = [plan.stable, plan.canary];
    return !isRolloutOver(state) && needed.includes(version);
  }

  #schedule(): void {
    const wait = Math.min(HEALTH_MS, this.kept.plan.tickMs);
    this.#timer = setTimeout(async () => {
      try {
        await this.#turn();
      } catch (error) {
        this.#host.onError(error);
      }
      if (this.#timer && !isRolloutOver(this.kept.state)) this.#schedule();
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
    const now = Date.now();
    const elapsedMs = now - this.#lastTick;
    if (elapsedMs < kept.plan.tickMs) return;
    this.#lastTick = now;
    const tick = this.#counter.take(now, weightOf(kept) < 100);
    await this.#host.change(current =>
      current.state === 'running'
        ? advance(current, tick, elapsedMs)
        : undefined,
    );
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
