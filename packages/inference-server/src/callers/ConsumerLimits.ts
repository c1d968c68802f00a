import { GatewayError } from '../gateway/GatewayError';
import type { Consumer } from './CallerAuthenticator';

interface Usage {
  tokens: number;
  /** Of the last refill, by the monotonic clock. */
  at: number;
  underWay: number;
  /** Those that the tokens were counted by. */
  limits: Limits;
}

type Limits = Consumer['rules']['limits'];

/** Holds each consumer to its requests a second (a token bucket) and at a time. */
export class ConsumerLimits {
  readonly #usage = new Map<string, Usage>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Lets a request in, or throws 429. What it returns must be called when the request is over. */
  enter({ name, rules }: Consumer): () => void {
    const { requestsPerSecond, concurrency } = rules.limits;
    const usage = this.#of(name, rules.limits);
    if (concurrency !== undefined && usage.underWay >= concurrency) {
      throw tooMany(
        `consumer ${name} has ${concurrency} requests under way, as many as it may; send fewer at a time`,
        1,
      );
    }
    if (requestsPerSecond !== undefined) {
      const burst = burstOf(rules.limits);
      const now = this.#now();
      const gained = ((now - usage.at) / 1000) * requestsPerSecond;
      usage.tokens = Math.min(burst, usage.tokens + gained);
      usage.at = now;
      if (usage.tokens < 1) {
        throw tooMany(
          `consumer ${name} may send ${requestsPerSecond} requests a second; send fewer`,
          Math.ceil((1 - usage.tokens) / requestsPerSecond),
        );
      }
      usage.tokens -= 1;
    }
    usage.underWay += 1;
    return () => {
      usage.underWay -= 1;
    };
  }

  #of(name: string, limits: Limits): Usage {
    const known = this.#usage.get(name);
    if (known && isSame(known.limits, limits)) return known;
    const fresh = { tokens: burstOf(limits), at: this.#now(), limits };
    // Requests under way leave by the object that they came in by.
    const usage = Object.assign(known ?? { underWay: 0 }, fresh);
    this.#usage.set(name, usage);
    return usage;
  }
}

/** They come anew with each list of accounts, and mostly the same. */
function isSame(one: Limits, other: Limits): boolean {
  return (
    one === other ||
    (one.requestsPerSecond === other.requestsPerSecond &&
      one.burst === other.burst &&
      one.concurrency === other.concurrency)
  );
}

function burstOf({ burst, requestsPerSecond = 1 }: Limits): number {
  return burst ?? Math.max(1, Math.ceil(requestsPerSecond));
}

function tooMany(message: string, retryAfter: number): GatewayError {
  return new GatewayError({
    status: 429,
    failure: 'rate-limited',
    message,
    retryAfter,
  });
}
