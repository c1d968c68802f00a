import type {
  GrantedAccess,
  MlClient,
  Role,
} from '@ml-platform/plugin-ml-common';

/**
 * What the policy has to know besides the role table.
 * @public
 */
export interface AccessDirectory {
  /** Who has which role. */
  getRoles(): Promise<Record<Role, string[]>>;
  /** What was granted to any of these users and groups. */
  getGranted(claims: string[]): Promise<GrantedAccess>;
}

/** How long an answer is good: the delay of a change that nobody notices. */
const GOOD_FOR_MS = 2_000;
/** So many people ask within that time at the most. */
const MOST_KEPT = 1_000;

/**
 * Asks the plugin `ml`, which owns roles and grants. There is no answer of its
 * own: while the plugin cannot be asked, nobody gets what it would grant.
 * @public
 */
export class PluginAccessDirectory implements AccessDirectory {
  readonly #client: Pick<MlClient, 'access'>;
  readonly #answers = new Map<
    string,
    { until: number; answer: Promise<unknown> }
  >();

  constructor(options: { client: Pick<MlClient, 'access'> }) {
    this.#client = options.client;
  }

  getRoles(): Promise<Record<Role, string[]>> {
    return this.#keep('roles', () => this.#client.access.getRoles());
  }

  getGranted(claims: string[]): Promise<GrantedAccess> {
    return this.#keep(`granted ${claims.join(' ')}`, () =>
      this.#client.access.getGranted(claims),
    );
  }

  #keep<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const now = Date.now();
    const kept = this.#answers.get(key);
    if (kept && kept.until > now) return kept.answer as Promise<T>;
    if (this.#answers.size >= MOST_KEPT) this.#answers.clear();
    const answer = ask();
    this.#answers.set(key, { until: now + GOOD_FOR_MS, answer });
    // A failure is not kept, so that the next question is asked anew.
    answer.catch(() => {
      if (this.#answers.get(key)?.answer === answer) this.#answers.delete(key);
    });
    return answer;
  }
}
