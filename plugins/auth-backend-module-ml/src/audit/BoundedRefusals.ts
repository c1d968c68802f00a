import { type AuditOutcome, FloodGate } from '@ml-platform/plugin-ml-common';
import type { SessionAction, SignInAudit } from './SignInAudit';

/**
 * Records attempts that were refused. Anybody can make as many as they like, so
 * after the first few of a minute they are counted, and the number is an entry.
 */
export class BoundedRefusals {
  readonly #audit: Pick<SignInAudit, 'record'>;
  readonly #gate: FloodGate;

  constructor(audit: Pick<SignInAudit, 'record'>) {
    this.#audit = audit;
    this.#gate = new FloodGate({
      onMore: (sort, more) => {
        const [action, outcome, reason] = sort.split(' ');
        // Nobody waits for it any more; what it counts was refused anyhow.
        this.#record(action, outcome, { reason, more: String(more) }).catch(
          () => {},
        );
      },
    });
  }

  async add(
    action: SessionAction,
    outcome: AuditOutcome,
    reason: string,
  ): Promise<void> {
    const word = reason.replace(/[^\w.-]+/g, '_').slice(0, 64);
    if (this.#gate.passes(`${action} ${outcome} ${word}`)) {
      await this.#record(action, outcome, { reason: word });
    }
  }

  #record(action: string, outcome: string, details: Record<string, string>) {
    return this.#audit.record({
      action: action as SessionAction,
      outcome: outcome as AuditOutcome,
      details,
    });
  }
}
