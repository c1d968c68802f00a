import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  Deployment,
  Environment,
  Health,
  ServedModelStatus,
  ServedState,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { ChangeNotifier } from '../events/ChangeNotifier';

export interface ServingMonitorOptions {
  target: ServingTarget;
  changes: ChangeNotifier;
  logger: LoggerService;
  /** Milliseconds between two looks. */
  interval: number;
  /** Called after each look that the data plane answered. */
  onStatus?: (models: ServedModelStatus[]) => Promise<void>;
}

/**
 * Keeps a recent picture of the data plane, so that a page never waits for it,
 * and announces each change of health.
 */
export class ServingMonitor {
  readonly #options: ServingMonitorOptions;
  #models?: Map<string, ServedModelStatus>;
  #obstacle = 'The data plane was not asked yet';
  #fingerprints = new Map<string, string>();
  #timer?: NodeJS.Timeout;
  #stopped = false;

  constructor(options: ServingMonitorOptions) {
    this.#options = options;
  }

  start(): void {
    const look = async () => {
      await this.refresh();
      if (!this.#stopped) {
        this.#timer = setTimeout(look, this.#options.interval);
      }
    };
    look();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async refresh(): Promise<void> {
    const { logger, onStatus, target } = this.#options;
    let models: ServedModelStatus[];
    try {
      ({ models } = await target.getStatus());
    } catch (error) {
      if (this.#models) {
        logger.warn(
          'The data plane cannot be asked for its state',
          error as Error,
        );
      }
      this.#models = undefined;
      this.#obstacle = (error as Error).message;
      this.#announce();
      return;
    }
    this.#models = new Map(models.map(entry => [keyOf(entry), entry]));
    this.#announce();
    try {
      await onStatus?.(models);
    } catch (error) {
      logger.error(
        'Could not compare the data plane with what is wanted',
        error as Error,
      );
    }
  }

  getHealth(
    model: string,
    environment: Environment,
    version: string,
  ): Pick<
    Deployment,
    'health' | 'healthReason' | 'problem' | 'replicas' | 'memoryBytes'
  > {
    if (!this.#models) {
      return { health: 'unknown', healthReason: this.#obstacle };
    }
    const status = this.#models
      .get(keyOf({ model, environment }))
      ?.versions.find(entry => entry.version === version);
    if (!status) {
      return {
        health: 'failed',
        healthReason: `The data plane does not hold ${version}`,
      };
    }
    const { memoryBytes, problem, reason, replicas, state } = status;
    return {
      health: healthOf(state),
      // Of a version that is ready, what is wrong with one of its replicas.
      healthReason: reason,
      ...(problem && { problem }),
      ...(replicas && { replicas }),
      ...(memoryBytes !== undefined && { memoryBytes }),
    };
  }

  #announce(): void {
    const next = new Map<string, string>();
    for (const [key, entry] of this.#models ?? []) {
      next.set(
        key,
        entry.versions
          .map(({ version, state, reason }) => `${version} ${state} ${reason}`)
          .join('\n'),
      );
    }
    for (const key of new Set([...next.keys(), ...this.#fingerprints.keys()])) {
      if (next.get(key) !== this.#fingerprints.get(key)) {
        const [environment, model] = key.split('/');
        this.#options.changes.modelChanged({ model, environment });
      }
    }
    this.#fingerprints = next;
  }
}

function healthOf(state: ServedState): Health {
  if (state === 'ready') return 'healthy';
  const starts = ['pulling', 'installing', 'starting'].includes(state);
  return starts ? 'starting' : 'failed';
}

function keyOf(key: { environment: string; model: string }): string {
  return `${key.environment}/${key.model}`;
}
