import { noCounts } from './counts';
import type { Arm, ArmCounts, Tick } from './types';

/** How a request ended, as far as it counts. @public */
export interface CountedRequest {
  arm: Arm;
  /** Who called: a consumer's name, or an address. */
  client: string;
  /** 5xx, timed out, failed in transport, or with an invalid output. */
  bad: boolean;
  /** Slower than the frozen threshold. */
  slow: boolean;
}

const SLOTS = 1 << 14;

/**
 * Counts the requests of a tick, in constant memory.
 *
 * The test takes requests for exchangeable across arms; one noisy client breaks
 * that. So of each client only the first `cap` requests of a tick count, over
 * both arms together: a cap per arm would count relatively more of a noisy
 * client on the smaller arm and blame the canary for it. Clients that share a
 * slot share its cap, which counts fewer requests but favours no arm.
 * @public
 */
export class TickCounter {
  readonly #cap: number;
  readonly #seen = new Uint16Array(SLOTS);
  #arms: Record<Arm, ArmCounts> = { stable: noCounts(), canary: noCounts() };

  /** @param cap - requests of one client that count within a tick, up to 65535 */
  constructor(cap: number) {
    if (!Number.isInteger(cap) || cap < 1 || cap > 65_535) {
      throw new RangeError(`The cap must be from 1 to 65535, not ${cap}`);
    }
    this.#cap = cap;
  }

  count({ arm, client, bad, slow }: CountedRequest): void {
    const slot = hash(client) % SLOTS;
    if (this.#seen[slot] >= this.#cap) return;
    this.#seen[slot] += 1;
    const counts = this.#arms[arm];
    counts.requests += 1;
    if (bad) counts.bad += 1;
    if (slow) counts.slow += 1;
  }

  /** Ends the tick and begins the next one. */
  take(at: number, hasControl: boolean): Tick {
    const { stable, canary } = this.#arms;
    this.#arms = { stable: noCounts(), canary: noCounts() };
    this.#seen.fill(0);
    return { at, canary, ...(hasControl && { stable }) };
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
