import type { Approval } from '../governance/approvals';
import type {
  RetentionPreview,
  RetentionRule,
  StoredRetentionRule,
} from '../governance/retention';
import { type MlTransport, toQuery } from './MlTransport';

/**
 * Which versions of a model stay, and which are proposed for deletion.
 * @public
 */
export class RetentionClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** Without a rule when none is set: every version stays. */
  get(model: string): Promise<{ rule?: StoredRetentionRule }> {
    return this.#transport.request('GET', pathOf(model));
  }

  set(model: string, rule: RetentionRule): Promise<StoredRetentionRule> {
    return this.#transport.request('PUT', pathOf(model), { body: rule });
  }

  clear(model: string): Promise<void> {
    return this.#transport.request('DELETE', pathOf(model));
  }

  /** What the rule would do now, or another one that is not set. */
  preview(
    model: string,
    rule?: { keepNewest: number; keepDays?: number; protected?: string[] },
  ): Promise<RetentionPreview> {
    return this.#transport.request(
      'GET',
      `${pathOf(model)}/preview${
        rule ? toQuery({ ...rule, protected: rule.protected?.join(',') }) : ''
      }`,
    );
  }

  /** Asks a second person for the deletion of what the rule does not keep. */
  propose(model: string): Promise<{ approval?: Approval }> {
    return this.#transport.request('POST', `${pathOf(model)}/proposals`);
  }
}

function pathOf(model: string): string {
  return `/models/${encodeURIComponent(model)}/retention`;
}
