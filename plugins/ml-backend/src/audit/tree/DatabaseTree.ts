import type { Knex } from 'knex';
import type { NodeSource } from './MerkleTree';

/** A leaf that is to be appended. */
export interface NewLeaf {
  sequence: number;
  hash: Buffer;
}

export interface NewNode {
  level: number;
  index: number;
  hash: Buffer;
}

/** Rows of one insert: SQLite takes 32,766 values in a statement. */
const CHUNK = 500;

/** The hashes of the tree in the database. */
export class DatabaseTree implements NodeSource {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async size(): Promise<number> {
    const row = await this.#knex('ml_audit_head').where({ id: 1 }).first();
    return Number(row.size);
  }

  /** The size, and nobody else appends until the transaction ends. */
  async lock(): Promise<{ size: number; unsealedUntil: number }> {
    const row = await this.#knex('ml_audit_head')
      .where({ id: 1 })
      .forUpdate()
      .first();
    return {
      size: Number(row.size),
      unsealedUntil: Number(row.unsealed_until),
    };
  }

  async getNodes(
    nodes: Array<{ level: number; index: number }>,
  ): Promise<Buffer[]> {
    const leaves = nodes.filter(({ level }) => level === 0);
    const inner = nodes.filter(({ level }) => level > 0);
    const found = new Map<string, string>();
    if (leaves.length) {
      const rows = await this.#knex('ml_audit_leaves')
        .whereIn(
          'position',
          leaves.map(({ index }) => index),
        )
        .select('position', 'hash');
      for (const row of rows) found.set(`0/${row.position}`, row.hash);
    }
    if (inner.length) {
      const rows = await this.#knex('ml_audit_nodes')
        .where(builder => {
          for (const { level, index } of inner) {
            builder.orWhere({ level, position: index });
          }
        })
        .select('level', 'position', 'hash');
      for (const { hash, level, position } of rows) {
        found.set(`${level}/${position}`, hash);
      }
    }
    return nodes.map(({ index, level }) => {
      const hash = found.get(`${level}/${index}`);
      if (hash) return Buffer.from(hash, 'hex');
      throw new Error(
        `the audit log's tree lacks the node ${index} of level ${level}`,
      );
    });
  }

  /** Appends leaves and the nodes that they complete; within the transaction of {@link lock}. */
  async append(
    size: number,
    leaves: NewLeaf[],
    nodes: NewNode[],
  ): Promise<void> {
    const leafRows = leaves.map(({ hash, sequence }, i) => ({
      position: size + i,
      sequence,
      hash: hash.toString('hex'),
    }));
    const nodeRows = nodes.map(({ hash, index, level }) => ({
      level,
      position: index,
      hash: hash.toString('hex'),
    }));
    await this.#insert('ml_audit_leaves', leafRows);
    await this.#insert('ml_audit_nodes', nodeRows);
    await this.#knex('ml_audit_head')
      .where({ id: 1 })
      .update({ size: size + leaves.length });
  }

  async #insert(table: string, rows: object[]): Promise<void> {
    for (let from = 0; from < rows.length; from += CHUNK) {
      await this.#knex(table).insert(rows.slice(from, from + CHUNK));
    }
  }
}
