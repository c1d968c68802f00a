import { createHash } from 'node:crypto';
import type {
  LineageNode,
  LineageRelation,
  Version,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { versionSortKey } from '../registry/sortKey';

/** A row: what a version was made from, or one of the things it was made from. */
export interface EdgeRow {
  /** Key of the version. */
  source: string;
  position: number;
  model: string;
  version: string;
  sort_key: string;
  kind: 'dataset' | 'code' | 'run' | 'environment' | 'parent';
  target: string;
  /** A dataset with a digest is found by its URI as well. */
  alternate: string | null;
  details: string;
}

/** What a row says, beside the keys. */
export type EdgeDetails = { relation: LineageRelation } & Record<
  string,
  unknown
>;

export function versionKey(model: string, version: string): string {
  return `version:${model}@${version}`;
}

export function parseVersionKey(key: string): {
  model: string;
  version: string;
} {
  const [, model, version] = /^version:([^@]+)@(.+)$/.exec(key)!;
  return { model, version };
}

/** Key of a dataset, by its digest or its URI. Of one length, whatever the URI. */
export function datasetKey(digestOrUri: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(digestOrUri)
    ? `dataset:${digestOrUri}`
    : `dataset:uri:${hash(digestOrUri)}`;
}

/** What the package of a version says it was made from. */
export function edgesOf(
  version: Pick<Version, 'model' | 'version' | 'package'>,
): EdgeRow[] {
  const { lineage } = version.package;
  if (!lineage) return [];
  const ref = `${version.model}@${version.version}`;
  const edges: EdgeRow[] = [];
  const add = (
    kind: EdgeRow['kind'],
    target: string,
    details: EdgeDetails,
    alternate?: string,
  ) =>
    edges.push({
      source: versionKey(version.model, version.version),
      position: edges.length,
      model: version.model,
      version: version.version,
      sort_key: versionSortKey(version.version),
      kind,
      target,
      alternate: alternate ?? null,
      details: JSON.stringify(details),
    });
  const { baseImage, code, environment, lockFile, run } = lineage;
  for (const { role, ...dataset } of lineage.datasets ?? []) {
    const byUri = dataset.uri && datasetKey(dataset.uri);
    const target = dataset.digest
      ? datasetKey(dataset.digest)
      : byUri || `dataset:name:${hash(`${version.model}/${dataset.name}`)}`;
    add(
      'dataset',
      target,
      { relation: role ?? 'training', ...dataset },
      byUri || undefined,
    );
  }
  if (code && Object.keys(code).length) {
    const place = [
      ...[code.repository, code.commit, code.path, code.digest, code.command],
      // Without a repository it is code of this very package.
      ...(code.repository ? [] : [ref]),
    ];
    add('code', `code:${hash(JSON.stringify(place))}`, {
      relation: 'code',
      ...code,
    });
  }
  if (run) {
    const { id, tracker, uri } = run;
    add('run', `run:${hash(JSON.stringify([tracker, id]))}`, {
      relation: 'run',
      tracker,
      run: id,
      uri,
    });
  }
  const facts = {
    ...(Object.keys(environment ?? {}).length && { versions: environment }),
    ...(lockFile && { lockFile }),
    ...(baseImage && { baseImage }),
  };
  if (Object.keys(facts).length) {
    add('environment', `environment:${hash(JSON.stringify(facts))}`, {
      relation: 'environment',
      ...facts,
    });
  }
  for (const parent of lineage.parents ?? []) {
    add('parent', versionKey(parent.model, parent.version), {
      relation: parent.relation,
      ...(parent.digest && { digest: parent.digest }),
    });
  }
  return edges;
}

/** Stores the edges of a version that is being registered. */
export async function indexLineage(
  trx: Knex.Transaction,
  version: Version,
): Promise<void> {
  const edges = edgesOf(version);
  // SQLite takes so many values in one statement and no more.
  for (let at = 0; at < edges.length; at += 100) {
    await trx('ml_lineage_edges').insert(edges.slice(at, at + 100));
  }
}

/** The node that an edge leads to; of a parent, the registry knows more. */
export function targetNode(
  row: Pick<EdgeRow, 'kind' | 'target' | 'details'>,
): LineageNode {
  const { relation: _, ...facts } = JSON.parse(row.details) as EdgeDetails;
  return { id: row.target, kind: row.kind, ...facts } as LineageNode;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
