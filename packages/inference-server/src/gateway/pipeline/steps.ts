import type { Assignment } from '../../experiments/Experiment';
import type { ServedModel } from '../../serving/ServedModel';
import type { VersionRunner } from '../../serving/VersionRunner';
import type { Worker } from '../../serving/workers/Worker';
import type { InferenceCall } from './InferenceCall';

/**
 * The steps of an inference request, in their order. Each may throw a
 * `GatewayError`: that is then the answer, and the steps after it do not run.
 */
export interface PipelineSteps {
  identifier: Identifier;
  chooser: Chooser;
  admission: Admission;
  exchanger: Exchanger;
  /** Told of each request when it is over, in this order. */
  observers: CallObserver[];
}

/** Finds out who calls. */
export interface Identifier {
  identify(call: InferenceCall): Caller | Promise<Caller>;
}

export interface Caller {
  /** Who counts as one caller: requests of one are not independent of each other. */
  client: string;
  /** The consumer's name, when callers have to say who they are. */
  consumer?: string;
  /**
   * Asked once it is noted who calls: throws when the caller may not have what
   * it wants, or wants too much. What it returns is called when the request is over.
   */
  enter?(): () => void;
}

/** Chooses the version that answers, and sets the headers that tell of it. */
export interface Chooser {
  choose(call: InferenceCall, caller: Caller): Choice | Promise<Choice>;
}

export interface Choice {
  model: ServedModel;
  runner: VersionRunner;
  /** Its arm, where it takes part in an experiment. */
  assignment?: Assignment;
}

/** Lets a request through to its version, or makes it wait or refuses it. */
export interface Admission {
  admit(call: InferenceCall, choice: Choice): Lease | Promise<Lease>;
}

/** A place at a version, from admission until the answer is out. */
export interface Lease {
  readonly runner: VersionRunner;
  /** The worker to send to. */
  readonly worker: Worker;
  /** There was no answer in time: the worker may hang. */
  suspect(): void;
  /** Must follow, once. */
  release(): void;
}

/** Gets the answer from a worker to the caller. */
export interface Exchanger {
  exchange(call: InferenceCall, lease: Lease): Promise<Outcome>;
}

/** How a request ended. 499 is the status of a caller that hung up. */
export interface Outcome {
  status: number;
  requestBytes: number;
  responseBytes: number;
}

/** Counts, logs or measures requests. */
export interface CallObserver {
  began?(call: InferenceCall): void;
  /** A version was found that shall answer. */
  chosen?(call: InferenceCall, choice: Choice): void;
  ended(call: InferenceCall, report: CallReport): void;
}

/** All that is known of a request when it is over. */
export interface CallReport extends Outcome {
  /** Absent when the caller was refused before it was known. */
  caller?: Caller;
  /** Absent when no version was found. */
  choice?: Choice;
  latencyMs: number;
  /** A short code for why the gateway itself answered, e.g. `worker-died`. */
  failure?: string;
}
