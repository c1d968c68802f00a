import type { Environment } from '../releases/types';
import type {
  ExperimentArm,
  ExperimentSpec,
  ExperimentStatus,
} from '../serving/experiment';
import type { MlTransport } from './MlTransport';

/**
 * `starting`: recorded, and not on the data plane yet, or not there any more.
 * `stopping`: its end is recorded, and the data plane has not heard of it.
 * @public
 */
export type ExperimentState = 'starting' | 'running' | 'stopping';

/** An experiment that has not ended. @public */
export interface ModelExperiment
  extends ExperimentSpec,
    Partial<Pick<ExperimentStatus, 'counts' | 'outside'>> {
  model: string;
  environment: Environment;
  state: ExperimentState;
  /** Absent of one that was started at the data plane itself. */
  startedAt?: string;
  startedBy?: string;
}

/** @public */
export interface StartExperimentRequest
  extends Pick<ExperimentSpec, 'name' | 'arms' | 'stickyHeader'> {
  environment: Environment;
  /** Whether callers may choose an arm; true when not given. */
  forcible?: boolean;
}

/**
 * A/B experiments among the versions of a model.
 * @public
 */
export class ExperimentsClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** Those that have not ended; at most one in each environment. */
  list(model: string): Promise<{ items: ModelExperiment[] }> {
    return this.#transport.request('GET', pathOf(model));
  }

  /** Loads the versions of the arms, then begins; the same again changes nothing. */
  start(
    model: string,
    request: StartExperimentRequest,
  ): Promise<ModelExperiment> {
    return this.#transport.request('POST', pathOf(model), { body: request });
  }

  /** Changes arms and weights; callers move as little as they can. */
  change(
    model: string,
    environment: Environment,
    request: { arms: ExperimentArm[] },
  ): Promise<ModelExperiment> {
    return this.#transport.request('PUT', `${pathOf(model)}/${environment}`, {
      body: request,
    });
  }

  /** Ends the one that runs; returns what it counted. */
  stop(model: string, environment: Environment): Promise<ModelExperiment> {
    return this.#transport.request('DELETE', `${pathOf(model)}/${environment}`);
  }
}

function pathOf(model: string): string {
  return `/models/${encodeURIComponent(model)}/experiments`;
}
