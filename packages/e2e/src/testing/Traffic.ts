import type { Environment } from '@ml-platform/plugin-ml-common';
import type { Platform } from './Platform';

export interface TrafficOptions {
  platform: Platform;
  environment: Environment;
  model: string;
  request: object;
  /** Callers that each wait for their answer before they ask again. */
  callers?: number;
}

/** Predictions one after the other, until stopped; counts what went wrong. */
export class Traffic {
  readonly failures: string[] = [];
  answered = 0;
  #running = true;
  #callers: Promise<void>[];

  constructor(options: TrafficOptions) {
    const { callers = 4 } = options;
    this.#callers = Array.from({ length: callers }, () => this.#call(options));
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#callers);
  }

  async #call(options: TrafficOptions): Promise<void> {
    const { platform, environment, model, request } = options;
    while (this.#running) {
      try {
        const answer = await platform.predict(environment, model, request);
        if (answer.status === 200) this.answered += 1;
        else this.failures.push(JSON.stringify(answer));
      } catch (error) {
        this.failures.push(String(error));
      }
    }
  }
}
