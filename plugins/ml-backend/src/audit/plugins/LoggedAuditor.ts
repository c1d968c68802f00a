import { randomUUID } from 'node:crypto';
import {
  type AuditorEvent,
  type AuditorLogFunction,
  DefaultAuditorService,
} from '@backstage/backend-defaults/auditor';
import type {
  AuditorService,
  AuditorServiceCreateEventOptions,
  AuditorServiceEvent,
  AuthService,
  HttpAuthService,
  PluginMetadataService,
} from '@backstage/backend-plugin-api';
import type { AuditEntry } from '../AuditLog';
import { toEntry } from './toEntry';

export interface LoggedAuditorOptions {
  auth: AuthService;
  httpAuth: HttpAuthService;
  plugin: PluginMetadataService;
  /** Resolves once it is committed. */
  record: (entry: AuditEntry) => Promise<void>;
  /** What Backstage does with events otherwise. */
  log: AuditorLogFunction;
  /** Whether what only reads is recorded too, rather than only where it fails. */
  reads: boolean;
}

/**
 * Backstage's auditor, whose events are entries of the audit log. The intent is
 * committed before `createEvent` resolves, and so before the plugin acts: where
 * it cannot be, the plugin fails, and does not act. The outcome is committed
 * before `success` or `fail` resolve. A process that dies in between leaves an
 * intent without an outcome, which raises an alert.
 *
 * Events of low severity are reads. There are thousands a minute of them, so of
 * these only those that fail or are refused are recorded.
 */
export class LoggedAuditor implements AuditorService {
  readonly #options: LoggedAuditorOptions;

  constructor(options: LoggedAuditorOptions) {
    this.#options = options;
  }

  createEvent(
    options: AuditorServiceCreateEventOptions,
  ): Promise<AuditorServiceEvent> {
    const { auth, httpAuth, plugin } = this.#options;
    const operation = randomUUID();
    return DefaultAuditorService.create(event => this.#note(event, operation), {
      auth,
      httpAuth,
      plugin,
    }).createEvent(options);
  }

  async #note(event: AuditorEvent, operation: string): Promise<void> {
    const { log, reads, record } = this.#options;
    await log(event);
    const isRead = event.severityLevel === 'low';
    if (isRead && !reads && event.status !== 'failed') return;
    await record(toEntry(event, operation));
  }
}
