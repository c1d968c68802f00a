import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import type { AuditEntry, AuditLog } from '../AuditLog';
import { TokenRefusals } from './TokenRefusals';

/** Plugins start in any order; one that acts before the log is open waits this long. */
const OPEN_MS = 30_000;

/**
 * The way from every plugin of a backend into the audit log, which the plugin
 * `ml` opens. What was recorded is committed; what cannot be is an error, and
 * who asked must not go on.
 */
export class AuditInbox {
  /** Tokens that were refused, by whatever plugin. */
  readonly refusals: TokenRefusals;
  readonly #openMs: number;
  readonly #opened: Promise<AuditLog>;
  #open!: (log: AuditLog) => void;

  constructor(options: { logger: LoggerService; openMs?: number }) {
    this.#openMs = options.openMs ?? OPEN_MS;
    this.#opened = new Promise(resolve => {
      this.#open = resolve;
    });
    this.refusals = new TokenRefusals({
      record: entry => this.record(entry),
      logger: options.logger,
    });
  }

  open(log: AuditLog): void {
    this.#open(log);
  }

  /** @throws ServiceUnavailableError when there is no log in this backend */
  async record(entry: AuditEntry): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>(resolve => {
      timer = setTimeout(resolve, this.#openMs, undefined);
    });
    const log = await Promise.race([this.#opened, late]);
    clearTimeout(timer);
    if (!log) {
      throw new ServiceUnavailableError(
        `'${entry.action}' cannot be recorded: the plugin 'ml', which has the audit log, does not run in this backend. Add it, or take auditedPlugins out`,
      );
    }
    await log.record(entry);
  }
}

/** One for all plugins of a backend. */
export const auditInboxRef = createServiceRef<AuditInbox>({
  id: 'ml.audit-inbox',
  scope: 'root',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {
        lifecycle: coreServices.rootLifecycle,
        logger: coreServices.rootLogger,
      },
      factory({ lifecycle, logger }) {
        const inbox = new AuditInbox({ logger });
        // Before the plugins stop, and the database with them.
        lifecycle.addBeforeShutdownHook(() => inbox.refusals.flush());
        return inbox;
      },
    }),
});
