import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import knexFactory, { type Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { deadlyGit } from '../__testUtils__/deadlyGit';
import { GitClone } from '../__testUtils__/GitClone';
import { examplePackage } from '../__testUtils__/packages';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';

describe.each(databases.ids)('a kill on %s', databaseId => {
  let folder: string;
  let directory: string;
  let database: { client: string; connection: unknown };
  let knex: Knex;

  /** Ends with the signal that ended it, or with null. */
  const commitPending = (moment: 'before' | 'after') =>
    new Promise<NodeJS.Signals | null>((done, fail) => {
      const child = spawn(
        process.execPath,
        [
          ...[
            '--require',
            require.resolve('@backstage/cli/config/nodeTransform.cjs'),
          ],
          resolvePackagePath(
            '@ml-platform/plugin-ml-backend',
            'src/gitops/__testUtils__/commitPending.ts',
          ),
          JSON.stringify({ database, directory }),
        ],
        {
          env: { ...process.env, PATH: deadlyGit(folder, moment) },
          stdio: ['ignore', 'inherit', 'inherit'],
        },
      );
      child.on('error', fail);
      child.on('close', (_code, signal) => done(signal));
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ml-gitops-crash-'));
    directory = join(folder, 'repository');
    if (databaseId === 'SQLITE_3') {
      // In a file, so that another process can open it.
      database = {
        client: 'better-sqlite3',
        connection: { filename: join(folder, 'database.sqlite') },
      };
      knex = knexFactory({
        client: 'better-sqlite3',
        connection: { filename: join(folder, 'database.sqlite') },
        useNullAsDefault: true,
      });
      await knex.migrate.latest({
        directory: resolvePackagePath(
          '@ml-platform/plugin-ml-backend',
          'migrations',
        ),
      });
    } else {
      knex = await databases.init(databaseId);
      const { client, connection } = knex.client.config;
      // The password is not enumerable.
      const { password } = connection;
      database = { client, connection: { ...connection, password } };
    }
  });
  afterEach(async () => {
    if (databaseId === 'SQLITE_3') await knex.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  it('between intent and commit, and right after it, leaves one commit', async () => {
    const start = () =>
      TestPlatform.start({ knex, gitops: { directory, interval: '150ms' } });
    // Git is away, so that the intent waits.
    writeFileSync(directory, '');
    let platform = await start();
    await platform.register(MODEL, '1.0.0', examplePackage(MODEL));
    const { id } = await platform.finished(
      await platform
        .as()
        .createRelease(MODEL, { environment: 'staging', version: '1.0.0' }),
    );
    await platform.stop();
    rmSync(directory);
    const intent = async () => {
      const [row] = await knex('ml_gitops_intents').where({ release_id: id });
      return row;
    };

    expect(await commitPending('before')).toBe('SIGKILL');
    const lost = await intent();
    expect(lost).toMatchObject({ pending: 1, commit: expect.any(String) });
    const repository = await GitClone.of(directory);
    await expect(repository.run('rev-parse', 'origin/main')).rejects.toThrow();

    expect(await commitPending('after')).toBe('SIGKILL');
    const unnoted = await intent();
    expect(unnoted.pending).toBe(1);
    await repository.run('fetch', '--quiet');
    expect(await repository.run('rev-parse', 'origin/main')).toBe(
      unnoted.commit,
    );

    platform = await start();
    try {
      await eventually(
        async () => (await platform.as().gitops.sync()).pendingCommits === 0,
        'the intent to be settled',
      );
      const { items } = await platform.as().gitops.log();
      expect(items.map(({ release }) => release)).toEqual([id]);
      await repository.run('fsck', '--strict');
    } finally {
      await platform.stop();
      repository.remove();
    }
  });
});
