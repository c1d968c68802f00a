import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import createKnex, { type Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { eventually } from '../__testUtils__/startPlatform';
import { FileSink } from './checkpoints/FileSink';
import { NoteSigner } from './checkpoints/SignedNote';
import { Sequencer } from './tree/Sequencer';
import { AuditVerifier } from './verification/AuditVerifier';

/** How often the process is killed; the whole proof takes 200. */
const KILLS = Number(process.env.ML_AUDIT_KILLS ?? 5);
jest.setTimeout(60_000 + KILLS * 10_000);

const ORIGIN = 'localhost:7007/ml-audit';
const SEED = Buffer.alloc(32, 7);
const UUID = /^[0-9a-f-]{36}$/;
const databases = testDatabases();

describe.each(databases.ids)('a log on %s whose process is killed', id => {
  let folder: string;
  let database: Knex.Config;
  let knex: Knex;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'audit-kill-'));
    if (id === 'SQLITE_3') {
      database = {
        client: 'better-sqlite3',
        connection: { filename: join(folder, 'ml.sqlite') },
        useNullAsDefault: true,
        pool: { min: 1, max: 1 },
      };
      knex = createKnex(database);
      await knex.migrate.latest({
        directory: resolvePackagePath(
          '@ml-platform/plugin-ml-backend',
          'migrations',
        ),
      });
    } else {
      knex = await databases.init(id);
      const { client, connection } = knex.client.config;
      // Knex hides the password from whoever lists what there is.
      const { password } = connection;
      database = { client, connection: { ...connection, password } };
    }
    await knex.schema.createTable('acts', table => {
      table.string('id', 36).primary();
    });
  });
  afterEach(async () => {
    if (id === 'SQLITE_3') await knex.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Lets it act for a while, and kills it in the midst. */
  const runAndKill = async (file: string, isDone: () => Promise<unknown>) => {
    const child = spawn(
      process.execPath,
      [
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        join(__dirname, '__testUtils__/auditWriter.ts'),
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          ML_AUDIT_WRITER: JSON.stringify({
            database,
            audit: {
              signingKey: SEED.toString('base64url'),
              checkpoints: { file, interval: '20ms' },
            },
          }),
        },
      },
    );
    let complaint = '';
    child.stderr.on('data', text => {
      complaint += text;
    });
    const acknowledged: string[] = [];
    const lines = createInterface({ input: child.stdout });
    const ended = once(lines, 'close');
    const exited = once(child, 'exit');
    const begun = new Promise<void>(resolve => {
      lines.on('line', line => {
        if (UUID.test(line)) acknowledged.push(line);
        else complaint += `${line}\n`;
        if (acknowledged.length === 1) resolve();
      });
    });
    await Promise.race([begun, exited]);
    if (!acknowledged.length) throw new Error(`It ended: ${complaint}`);
    await isDone();
    if (child.exitCode !== null) throw new Error(`It ended: ${complaint}`);
    child.kill('SIGKILL');
    await Promise.all([ended, exited]);
    return acknowledged;
  };

  it(`loses nothing that was acknowledged, and has no fork, after ${KILLS} kills`, async () => {
    const file = join(folder, 'checkpoints.jsonl');
    // What an outsider wrote down: it is not the log that says what is in it.
    const ledger: string[] = [];
    for (let round = 0; round < KILLS; round += 1) {
      const isLast = round === KILLS - 1;
      const isDone = () =>
        isLast
          ? // Also of a slow machine there is something to compare with.
            eventually(async () => existsSync(file), 'a checkpoint')
          : wait(50 + Math.random() * 1_000);
      ledger.push(...(await runAndKill(file, isDone)));
    }
    expect(new Set(ledger).size).toBe(ledger.length);
    expect(ledger.length).toBeGreaterThan(KILLS);

    const signer = new NoteSigner(ORIGIN, SEED);
    const sink = new FileSink(file);
    const logger = mockServices.logger.mock();
    await new Sequencer({ knex, logger }).integrate();

    const recorded = await knex('ml_audit_leaves')
      .join(
        'ml_audit_events',
        'ml_audit_events.sequence',
        'ml_audit_leaves.sequence',
      )
      .where({ action: 'act' })
      .pluck('resource');
    const inLog = new Set(recorded.map(name => name.slice('act:'.length)));
    const done = new Set(await knex('acts').pluck('id'));
    expect(ledger.filter(act => !inLog.has(act))).toEqual([]);
    expect(ledger.filter(act => !done.has(act))).toEqual([]);
    // Neither an act without its entry, nor an entry without its act.
    expect(inLog).toEqual(done);
    expect(recorded).toHaveLength(inLog.size);

    // Every checkpoint that got out is of the log as it is now: there is no fork.
    const verification = await new AuditVerifier({
      ...{ knex, verifier: signer.verifier, sinks: [sink] },
    }).verify();
    expect(verification).toMatchObject({ findings: [] });
    const kept = await sink.read();
    expect(kept.length).toBeGreaterThanOrEqual(1);
    process.stdout.write(
      `${id}: ${KILLS} kills, ${ledger.length} acknowledged, ${inLog.size} recorded, ${kept.length} checkpoints kept outside\n`,
    );
  });
});
