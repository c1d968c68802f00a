import { randomUUID } from 'node:crypto';
import type {
  AuthService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import type { RequestContext } from '../http/requestContext';
import type { BomAttachment } from './BomAttachment';
import type { RegistryStore } from './RegistryStore';

const BATCH = 100;

interface Row {
  model: string;
  version: string;
}

export interface BomBackfillOptions {
  knex: Knex;
  store: Pick<RegistryStore, 'getVersion'>;
  boms: Pick<BomAttachment, 'attach'>;
  auth: AuthService;
  logger: LoggerService;
  scheduler: SchedulerService;
}

/**
 * Attaches a bill of materials to versions that were registered before each got
 * one. What is left to do is a table, so that it goes on where it was; a
 * version whose turn fails has it again the next time.
 */
export class BomBackfill {
  readonly #options: BomBackfillOptions;

  constructor(options: BomBackfillOptions) {
    this.#options = options;
  }

  async schedule(): Promise<void> {
    await this.#options.scheduler.scheduleTask({
      id: 'ml-attach-missing-boms',
      frequency: { hours: 24 },
      timeout: { hours: 2 },
      initialDelay: { minutes: 2 },
      fn: signal => this.#run(signal as AbortSignal),
    });
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { auth, logger } = this.#options;
    const context: RequestContext = {
      credentials: await auth.getOwnServiceCredentials(),
      actor: 'service:ml-platform',
      requestId: randomUUID(),
    };
    let attached = 0;
    let last: Row | undefined;
    for (;;) {
      const rows = await this.#next(last);
      if (!rows.length) break;
      for (const row of rows) {
        if (signal.aborted) return;
        if (await this.#attach(context, row)) attached += 1;
      }
      last = rows.at(-1);
    }
    if (attached) {
      logger.info(`Saw to the bills of materials of ${attached} versions`);
    }
  }

  /** In the order of the key, so that what fails is not tried again at once. */
  async #next(last: Row | undefined): Promise<Row[]> {
    return this.#rows()
      .modify(builder => {
        if (!last) return;
        builder
          .where('model', '>', last.model)
          .orWhere(inner =>
            inner
              .where('model', last.model)
              .andWhere('version', '>', last.version),
          );
      })
      .orderBy(['model', 'version'])
      .limit(BATCH);
  }

  async #attach(context: RequestContext, row: Row): Promise<boolean> {
    const { boms, logger, store } = this.#options;
    const version = await store.getVersion(row.model, row.version);
    const isThere = version && version.state !== 'deleted';
    try {
      if (isThere) await boms.attach(context, version);
    } catch (error) {
      logger.warn(
        `The bill of materials of ${row.model}@${row.version} could not be attached; it is tried again in a day`,
        error as Error,
      );
      return false;
    }
    await this.#rows().where(row).delete();
    return Boolean(isThere);
  }

  #rows() {
    return this.#options.knex<Row>('ml_missing_boms');
  }
}
