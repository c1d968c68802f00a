import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import createKnex, { type Knex } from 'knex';

const LOCK = 7_201_300;

/**
 * Databases that have the schema from the start: migrations run once for all
 * tests, and each test gets a copy of the files, which takes a tenth of the time.
 */
export class PostgresTemplate {
  readonly #url: string;
  readonly #directory: string;
  readonly #name: string;
  readonly #open: { database: string; knex: Knex }[] = [];

  /** @param options - the server's connection string, and the folder of the migrations */
  constructor(options: { url: string; directory: string }) {
    this.#url = options.url;
    this.#directory = options.directory;
    const hash = createHash('sha256');
    for (const file of readdirSync(this.#directory).sort()) {
      hash.update(file).update(readFileSync(join(this.#directory, file)));
    }
    this.#name = `ml_template_${hash.digest('hex').slice(0, 16)}`;
  }

  /** A database of its own, until `dispose`. */
  async create(): Promise<Knex> {
    const database = `db${randomBytes(16).toString('hex')}`;
    await this.#asAdmin(async admin => {
      await this.#prepare(admin);
      await admin.raw('create database ?? template ?? strategy file_copy', [
        database,
        this.#name,
      ]);
    });
    const knex = this.#connect(database, { min: 0, max: 5 });
    this.#open.push({ database, knex });
    return knex;
  }

  async dispose(): Promise<void> {
    const open = this.#open.splice(0);
    await Promise.all(open.map(({ knex }) => knex.destroy()));
    if (!open.length) return;
    await this.#asAdmin(async admin => {
      for (const { database } of open) {
        await admin.raw('drop database ?? with (force)', [database]);
      }
    });
  }

  /** Makes the template, unless a test has done so, in this process or another. */
  async #prepare(admin: Knex): Promise<void> {
    const exists = () =>
      admin('pg_database').where({ datname: this.#name }).first('datname');
    if (await exists()) return;
    await admin.raw('select pg_advisory_lock(?)', [LOCK]);
    try {
      if (await exists()) return;
      const draft = `${this.#name}_draft`;
      await admin.raw('drop database if exists ?? with (force)', [draft]);
      await admin.raw('create database ??', [draft]);
      const knex = this.#connect(draft, { min: 0, max: 1 });
      try {
        await knex.migrate.latest({ directory: this.#directory });
      } finally {
        await knex.destroy();
      }
      await admin.raw('alter database ?? rename to ??', [draft, this.#name]);
    } finally {
      await admin.raw('select pg_advisory_unlock(?)', [LOCK]);
    }
  }

  async #asAdmin(work: (admin: Knex) => Promise<void>): Promise<void> {
    // One connection, for the lock belongs to it.
    const admin = this.#connect('postgres', { min: 0, max: 1 });
    try {
      await work(admin);
    } finally {
      await admin.destroy();
    }
  }

  #connect(database: string, pool: Knex.PoolConfig): Knex {
    const url = new URL(this.#url);
    url.pathname = `/${database}`;
    return createKnex({ client: 'pg', connection: url.href, pool });
  }
}
