import { InputError } from '@backstage/errors';
import type { DatasetUse, Page } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { applyCriteria } from '../registry/visibilityFilter';
import { datasetKey, type EdgeRow } from './edges';
import type { LineageStore, Step } from './LineageStore';

export class DatabaseLineageStore implements LineageStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  /**
   * The union drops a version that is reached twice in as many steps, so that
   * many paths to the same ancestors cost no more than the ancestors do, and a
   * circle ends at the depth. Both databases give the rows of a recursion in the
   * order of its rounds, and stop when the limit is reached.
   */
  async walk(query: Parameters<LineageStore['walk']>[0]): Promise<Step[]> {
    const { depth, limit, root, way } = query;
    const [near, far] =
      way === 'up' ? ['source', 'target'] : ['target', 'source'];
    const recursion = this.#knex.raw(
      `select cast(:root as text), 0
       union
       select cast(edge.:far: as text), walk.depth + 1
       from walk
       join ml_lineage_edges as edge on edge.:near: = walk.node
       where edge.kind = 'parent' and walk.depth < :depth`,
      { root, near, far, depth },
    );
    const rows = await this.#knex
      .withRecursive('walk', ['node', 'depth'], recursion)
      .from('walk')
      .limit(limit)
      .select('node', 'depth');
    return rows.map(({ node, depth: at }) => ({ node, depth: Number(at) }));
  }

  async listEdges(sources: string[], limit: number): Promise<EdgeRow[]> {
    if (!sources.length) return [];
    return this.#knex<EdgeRow>('ml_lineage_edges')
      .whereIn('source', sources)
      .orderBy(['source', 'position'])
      .limit(limit);
  }

  async getVersions(keys: { model: string; version: string }[]) {
    if (!keys.length) return [];
    const rows = await this.#knex('ml_versions')
      .whereIn(
        ['model', 'version'],
        keys.map(({ model, version }) => [model, version]),
      )
      .select('model', 'version', 'state', 'digest', 'created_at', 'package');
    return rows.map(({ created_at: createdAt, ...row }) => ({
      ...row,
      createdAt,
    }));
  }

  async listDatasetUses(
    query: Parameters<LineageStore['listDatasetUses']>[0],
  ): Promise<Page<DatasetUse>> {
    const { cursor, dataset, limit, visibility } = query;
    const key = datasetKey(dataset);
    const rows = await this.#knex('ml_lineage_edges as edge')
      .join('ml_versions', builder =>
        builder
          .on('ml_versions.model', 'edge.model')
          .on('ml_versions.version', 'edge.version'),
      )
      .where(
        key.startsWith('dataset:uri:') ? 'edge.alternate' : 'edge.target',
        key,
      )
      .whereNot('ml_versions.state', 'deleted')
      .modify(builder => {
        if (visibility.kind === 'filter') {
          builder.whereIn(
            'edge.model',
            this.#knex('ml_models')
              .where(nested => applyCriteria(nested, visibility.criteria))
              .select('name'),
          );
        }
        if (cursor) after(builder, cursor);
      })
      .orderBy([
        { column: 'edge.model' },
        { column: 'edge.sort_key', order: 'desc' },
        { column: 'edge.position' },
      ])
      .limit(limit + 1)
      .select(
        'edge.model',
        'edge.version',
        'edge.sort_key',
        'edge.position',
        'edge.details',
        'ml_versions.state',
        'ml_versions.created_at',
      );
    const page = rows.slice(0, limit);
    const last = page[page.length - 1];
    return {
      items: page.map((row: Record<string, string>) => {
        const { relation, ...told } = JSON.parse(row.details);
        return {
          model: row.model,
          version: row.version,
          state: row.state,
          role: relation,
          dataset: told,
          createdAt: row.created_at,
        };
      }),
      ...(rows.length > limit && {
        nextCursor: encodeCursor(
          [last.model, last.sort_key, last.position].join('|'),
        ),
      }),
    };
  }
}

function after(builder: Knex.QueryBuilder, cursor: string): void {
  const [model, sortKey, position] = parseCursor(cursor);
  builder.where(nested =>
    nested
      .where('edge.model', '>', model)
      .orWhere(same =>
        same.where('edge.model', model).where('edge.sort_key', '<', sortKey),
      )
      .orWhere(same =>
        same
          .where('edge.model', model)
          .where('edge.sort_key', sortKey)
          .where('edge.position', '>', position),
      ),
  );
}

function parseCursor(cursor: string): [string, string, number] {
  const parts = decodeCursor(cursor).split('|');
  if (parts.length !== 3 || !/^\d+$/.test(parts[2])) {
    throw new InputError(
      'cursor: is of another list; leave it away to start at the first page',
    );
  }
  return [parts[0], parts[1], Number(parts[2])];
}
