import type { LoggerService } from '@backstage/backend-plugin-api';
import type { AuditVerification } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { Checkpointer } from '../checkpoints/Checkpointer';
import type { AuditAlerts } from './AuditAlerts';
import type { HeadWatch } from './HeadWatch';
import type { MissingOutcomes } from './MissingOutcomes';

export interface AuditMonitorOptions {
  knex: Knex;
  logger: LoggerService;
  alerts: AuditAlerts;
  head: HeadWatch;
  outcomes: MissingOutcomes;
  checkpointer?: Checkpointer;
  /** Milliseconds between two looks. */
  intervalMs: number;
}

/**
 * Looks after the log while it runs: what is cheap to see is seen within a
 * minute. Checking every entry is for the night.
 */
export class AuditMonitor {
  readonly #options: AuditMonitorOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: AuditMonitorOptions) {
    this.#options = options;
  }

  start(): void {
    const { intervalMs, logger } = this.#options;
    this.#timer = setInterval(() => {
      this.#running ??= this.look()
        .catch(error => logger.error('The audit log is not watched', error))
        .finally(() => {
          this.#running = undefined;
        });
    }, intervalMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async look(): Promise<void> {
    const { alerts, checkpointer, head, knex, outcomes } = this.#options;
    for (const alert of await head.look()) await alerts.raise(alert);
    const denied = checkpointer?.contradiction;
    if (denied) {
      await alerts.raise({
        kind: 'head-moved-back',
        subject: `contradiction:${denied}`.slice(0, 255),
        message: `The log is not what was seen of it outside: ${denied}`,
      });
    }
    const forged = await knex('ml_audit_pending')
      .join(
        'ml_audit_events',
        'ml_audit_events.sequence',
        'ml_audit_pending.sequence',
      )
      .whereNotNull('refused')
      .limit(20)
      .select('id', 'refused');
    for (const { id, refused } of forged) {
      await alerts.raise({
        kind: 'tampered',
        subject: `forged:${id}`,
        event: id,
        message: `event ${id} was not written by the platform: ${refused}`,
      });
    }
    await outcomes.find(({ action, at, id, resource }) =>
      alerts.raise({
        kind: 'missing-outcome',
        subject: `outcome:${id}`,
        event: id,
        message: `'${action}' of ${resource} was begun at ${at}, and nothing says how it ended`,
      }),
    );
    await alerts.notify();
  }

  /** What a check of the whole log found. */
  async tell({ findings }: AuditVerification): Promise<void> {
    const { alerts } = this.#options;
    for (const { event, kind, message, position } of findings) {
      await alerts.raise({
        kind: kind === 'clock' ? 'clock' : 'tampered',
        subject: `finding:${kind}:${position ?? ''}:${event ?? ''}`,
        event,
        message,
      });
    }
    await alerts.notify();
  }
}
