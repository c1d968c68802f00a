import type { Environment } from '@ml-platform/plugin-ml-common';
import { GatewayError } from '../gateway/GatewayError';
import type {
  CallerAuthenticator,
  CallerCredentials,
  Consumer,
} from './CallerAuthenticator';
import { allows } from './callersFile';
import { ConsumerLimits } from './ConsumerLimits';
import { unauthenticated } from './KeyAuthenticator';

/** Who may call, as it is configured now. */
export interface CallerPolicy {
  /** Whether callers who show nothing are served. */
  anonymous: boolean;
  /** Asked in their order; the first that knows the caller decides. */
  authenticators: readonly CallerAuthenticator[];
}

/** The first step of a request: who calls, and whether they may. */
export class CallerGate {
  readonly #policy: () => CallerPolicy;
  readonly #limits = new ConsumerLimits();
  readonly #first: readonly CallerAuthenticator[];

  /**
   * `policy` is asked for each request, so that it can change at any time;
   * `first` are asked before those that it names.
   */
  constructor(
    policy: () => CallerPolicy,
    first: readonly CallerAuthenticator[] = [],
  ) {
    this.#policy = policy;
    this.#first = first;
  }

  /** Who calls; undefined for somebody who need not say. Throws 401 for everybody else. */
  async identify(
    credentials: CallerCredentials,
  ): Promise<Consumer | undefined> {
    const { anonymous, authenticators } = this.#policy();
    for (const authenticator of [...this.#first, ...authenticators]) {
      const consumer = await authenticator.authenticate(credentials);
      if (consumer) return consumer;
    }
    if (anonymous) return undefined;
    throw unauthenticated(
      `this server has to know who calls; send ${authenticators
        .map(({ how }) => how)
        .join(' or ')}`,
    );
  }

  /** Throws 403 when the consumer may not call the model at all. */
  check(
    consumer: Consumer | undefined,
    wanted: { environment: Environment; model: string },
  ): void {
    const { environment, model } = wanted;
    if (!consumer || allows(consumer.rules, environment, model)) return;
    throw new GatewayError({
      status: 403,
      failure: 'forbidden',
      message: `consumer ${consumer.name} may not call model '${model.slice(
        0,
        100,
      )}' in ${environment}; ask the operators of this server`,
    });
  }

  /** Counts a request in, or throws 429. What it returns must be called when the request is over. */
  enter(consumer: Consumer | undefined): () => void {
    return consumer ? this.#limits.enter(consumer) : () => {};
  }
}

/** Serves everybody, and asks nobody who they are. */
export const OPEN_POLICY: CallerPolicy = {
  anonymous: true,
  authenticators: [],
};

export const OPEN_GATE = new CallerGate(() => OPEN_POLICY);
