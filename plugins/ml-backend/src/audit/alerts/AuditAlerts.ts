import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { AuditAlert, AuditAlertKind } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AuditLog } from '../AuditLog';

const PLATFORM = 'service:ml-platform';

export interface NewAlert {
  kind: AuditAlertKind;
  /** Names the occurrence: raised once, however often it is seen. */
  subject: string;
  message: string;
  event?: string;
}

interface AlertRow {
  id: string;
  kind: AuditAlertKind;
  message: string;
  event: string | null;
  raised_at: string;
  notified_at: string | null;
  closed_at: string | null;
  closed_by: string | null;
  comment: string | null;
}

export interface AuditAlertsOptions {
  knex: Knex;
  log: AuditLog;
  logger: LoggerService;
  /** Absent when nobody is to be notified. */
  notifications?: NotificationService;
  /** Entity references of those who look after the log. */
  getRecipients: () => Promise<readonly string[]>;
}

/**
 * Alerts about the log itself. Each is a row and an entry of the log, in one
 * transaction, and then a notification, which is sent until it got through.
 * Open until somebody says what it was.
 */
export class AuditAlerts {
  readonly #options: AuditAlertsOptions;

  constructor(options: AuditAlertsOptions) {
    this.#options = options;
  }

  async raise({ event, kind, message, subject }: NewAlert): Promise<void> {
    const { knex, log, logger } = this.#options;
    // Seen often, raised once: nothing is written for what is known.
    const known = await knex('ml_audit_alerts').where({ subject }).first('id');
    if (known) return;
    const isNew = await knex.transaction(async trx => {
      const rows = await trx('ml_audit_alerts')
        .insert({
          ...{ id: randomUUID(), kind, subject, message },
          event: event ?? null,
          raised_at: new Date().toISOString(),
        })
        .onConflict('subject')
        .ignore()
        .returning('id');
      if (!rows.length) return false;
      await log.record(
        {
          actor: PLATFORM,
          action: 'audit.alert',
          resource: 'audit',
          outcome: 'succeeded',
          details: { alert: rows[0].id, kind, ...(event && { event }) },
        },
        trx,
      );
      return true;
    });
    if (isNew) logger.error(`Audit alert (${kind}): ${message}`);
  }

  async open(): Promise<AuditAlert[]> {
    const rows = await this.#options
      .knex<AlertRow>('ml_audit_alerts')
      .whereNull('closed_at')
      .orderBy('raised_at', 'desc')
      .limit(100);
    return rows.map(toAlert);
  }

  async countOpen(): Promise<number> {
    const [{ count }] = await this.#options
      .knex('ml_audit_alerts')
      .whereNull('closed_at')
      .count({ count: '*' });
    return Number(count);
  }

  async get(id: string): Promise<AuditAlert | undefined> {
    const row = await this.#options
      .knex<AlertRow>('ml_audit_alerts')
      .where({ id })
      .first();
    return row && toAlert(row);
  }

  /** False when it is closed already. */
  async close(
    trx: Knex.Transaction,
    id: string,
    { by, comment }: { by: string; comment: string },
  ): Promise<boolean> {
    const closed = await trx('ml_audit_alerts')
      .where({ id })
      .whereNull('closed_at')
      .update({ closed_at: new Date().toISOString(), closed_by: by, comment });
    return closed === 1;
  }

  /** Tells people of what they were not told yet. */
  async notify(): Promise<void> {
    const { getRecipients, knex, logger, notifications } = this.#options;
    if (!notifications) return;
    const rows = await knex<AlertRow>('ml_audit_alerts')
      .whereNull('notified_at')
      .whereNull('closed_at')
      .orderBy('raised_at')
      .limit(20);
    const recipients = rows.length ? await getRecipients() : [];
    if (!recipients.length) return;
    for (const { id, kind, message } of rows) {
      try {
        await notifications.send({
          recipients: { type: 'entity', entityRef: [...recipients] },
          payload: {
            title: 'The audit log needs a look',
            description: message,
            link: '/ml/audit',
            severity: kind === 'missing-outcome' ? 'high' : 'critical',
            topic: 'ml.audit',
            scope: id,
          },
        });
        await knex('ml_audit_alerts')
          .where({ id })
          .update({ notified_at: new Date().toISOString() });
      } catch (error) {
        logger.error(
          'Nobody could be notified of an audit alert; it is tried again',
          error as Error,
        );
        return;
      }
    }
  }
}

function toAlert(row: AlertRow): AuditAlert {
  return {
    id: row.id,
    kind: row.kind,
    message: row.message,
    ...(row.event !== null && { event: row.event }),
    raisedAt: row.raised_at,
    ...(row.closed_at !== null && {
      closedAt: row.closed_at,
      closedBy: row.closed_by ?? undefined,
      comment: row.comment ?? undefined,
    }),
  };
}
