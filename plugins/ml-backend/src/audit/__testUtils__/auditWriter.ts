/**
 * A process that acts and records it, as the platform does, until it is killed:
 * each act is a row and its entry in one transaction. What is committed is told
 * on standard output, one id a line. Everything comes from the environment.
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import createKnex from 'knex';
import { startAudit } from '../startAudit';
import { readAuditConfig } from '../readAuditConfig';
import { ConfigReader } from '@backstage/config';

/** So many at once. */
const WRITERS = 4;

const { ML_AUDIT_WRITER = '{}' } = process.env;
const { audit, database } = JSON.parse(ML_AUDIT_WRITER);

async function main() {
  const knex = createKnex(database);
  const hooks: Array<() => void | Promise<void>> = [];
  const quiet = () => {};
  const logger = {
    ...{ debug: quiet, info: quiet, warn: quiet },
    error: (message: string, error?: unknown) =>
      process.stderr.write(`${message} ${error ?? ''}\n`),
    child: () => logger,
  };
  const { audit: log } = await startAudit({
    config: readAuditConfig(
      new ConfigReader({
        backend: { baseUrl: 'http://localhost:7007' },
        ml: { audit },
      }),
    ),
    knex,
    logger,
    lifecycle: {
      addStartupHook: hook => hooks.push(hook),
      addShutdownHook: quiet,
    },
    scheduler: { scheduleTask: async () => {} } as never,
    metrics: {
      createObservableGauge: () => ({ addCallback: quiet }),
    } as never,
    getAuditors: async () => [],
    isRunning: async () => false,
  });
  for (const hook of hooks) await hook();

  const write = async () => {
    for (;;) {
      const id = randomUUID();
      await knex.transaction(async trx => {
        await trx('acts').insert({ id });
        await log.record(
          {
            actor: 'service:writer',
            action: 'act',
            resource: `act:${id}`,
            outcome: 'succeeded',
          },
          trx,
        );
      });
      writeSync(1, `${id}\n`);
      // As between requests: SQLite does all at once, and timers would never run.
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
