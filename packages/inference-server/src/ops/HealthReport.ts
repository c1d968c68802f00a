import { version as serverVersion } from '../../package.json';
import type { ServingPlane } from '../serving/ServingPlane';

/** Something that operators should look at. */
export interface HealthProblem {
  what: string;
  reason: string;
}

/** What operators are told of the server; callers of models never see it. */
export interface HealthReport {
  /** `degraded` when there are problems; the server serves what it can all the same. */
  status: 'ok' | 'degraded';
  version: string;
  uptimeSeconds: number;
  /** Every version that was accepted before the start has had its first attempt. */
  restored: boolean;
  models: number;
  versions: { ready: number; notReady: number };
  problems: HealthProblem[];
  /** Lines, spans and records lost since the start. */
  lost: Record<string, number>;
}

/** Puts the report together. `problems` and `lost` are asked for when somebody wants to know. */
export class Health {
  readonly #plane: ServingPlane;
  readonly #problems: () => HealthProblem[];
  readonly #lost: () => Record<string, number>;

  constructor(options: {
    plane: ServingPlane;
    problems(): HealthProblem[];
    lost(): Record<string, number>;
  }) {
    this.#plane = options.plane;
    this.#problems = options.problems;
    this.#lost = options.lost;
  }

  report(): HealthReport {
    const models = [...this.#plane.models()];
    const runners = models.flatMap(({ key, versions }) =>
      [...versions.values()].map(runner => ({ key, runner })),
    );
    const unready = runners.filter(({ runner }) => runner.state !== 'ready');
    const problems = [
      ...this.#problems(),
      ...unready.map(({ key, runner }) => ({
        what: `${key.environment}/${key.model}@${runner.spec.version}`,
        reason: `${runner.state}${runner.reason ? `: ${runner.reason}` : ''}`,
      })),
    ];
    return {
      status: problems.length ? 'degraded' : 'ok',
      version: serverVersion,
      uptimeSeconds: Math.floor(process.uptime()),
      restored: this.#plane.restored,
      models: models.length,
      versions: {
        ready: runners.length - unready.length,
        notReady: unready.length,
      },
      problems,
      lost: this.#lost(),
    };
  }
}
