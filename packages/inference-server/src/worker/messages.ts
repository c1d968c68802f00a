import type { Batching, ModelInterface } from '@ml-platform/plugin-ml-common';

/** What the server tells a worker, once, over IPC. */
export interface LoadMessage {
  type: 'load';
  environment: string;
  model: string;
  version: string;
  modelPath: string;
  interface: ModelInterface;
  batching?: Batching;
  socketPath: string;
  /** Threads that compute one request. */
  threads: number;
}

/** What the worker answers: it serves, or it never will and why. */
export type WorkerMessage =
  | { type: 'ready' }
  | { type: 'failed'; reason: string };
