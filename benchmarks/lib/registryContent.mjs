// A registry full of versions, the same in every run, written straight to the database.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../scripts/lib/paths.mjs';

const AT = '2026-01-01T00:00:00.000Z';
const OWNERS = 50;
const TAGS = 200;
const DATASETS = 2000;
const SUBJECTS = ['wine', 'churn', 'fraud', 'vision', 'speech', 'price'];

const example = join(root, 'examples/wine-classifier');
const modelFile = parse(readFileSync(join(example, 'model.yaml'), 'utf8'));
const card = parse(readFileSync(join(example, 'card.yaml'), 'utf8'));

/** One model holds a tenth of all versions, the others share the rest evenly. */
export function shapeOf({ models, versions }) {
  const each = Math.floor((versions * 0.9) / (models - 1));
  const largest = versions - each * (models - 1);
  return {
    models,
    versions,
    each,
    largest,
    largestModel: modelName(0),
    modelName,
    countOf: index => (index ? each : largest),
  };
}

/** A generator of numbers from 0 to 1, the same in every run. */
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

/** Few tags are on many versions, most on few. */
export function someTags(random) {
  const tags = new Set();
  while (tags.size < 5) tags.add(`tag-${Math.floor(TAGS * random() ** 3)}`);
  return [...tags];
}

export const ownerName = index => `group:default/team-${index % OWNERS}`;

export function modelName(index) {
  const subject = SUBJECTS[index % SUBJECTS.length];
  return `${subject}-model-${String(index).padStart(4, '0')}`;
}

export function versionName(index) {
  return `1.${Math.floor(index / 100)}.${index % 100}`;
}

/** What the registry makes of a pushed package, from the example's files. */
export function versionOf({ model, version, random }) {
  const accuracy = random();
  return {
    model,
    version,
    digest: `sha256:${hex(random)}`,
    repository: `models/${model}`,
    format: random() < 0.8 ? 'onnx' : 'mlserver',
    card: {
      ...card,
      quantitativeAnalysis: {
        ...card.quantitativeAnalysis,
        performanceMetrics: [
          { type: 'accuracy', value: accuracy },
          { type: 'f1', value: accuracy ** 2 },
          { type: 'latency', value: Math.round(random() * 1000) },
        ],
      },
    },
    package: { ...modelFile, name: model, version, tags: someTags(random) },
    files: ['model.yaml', 'card.yaml', 'model.onnx'].map(path => ({
      path,
      digest: `sha256:${hex(random)}`,
      size: 1000,
    })),
    sizeBytes: 10_000,
    state: random() < 0.02 ? 'deleted' : 'registered',
    createdAt: AT,
    createdBy: 'user:default/bench',
  };
}

/** Few datasets are of many versions, most of few. */
export function datasetDigest(random) {
  const number = Math.floor(DATASETS * random() ** 2);
  return `sha256:${String(number).padStart(64, '0')}`;
}

/**
 * Where a version came from: data that others share, the version before it, and
 * for half of them one of another model, so that five steps lead far apart.
 */
function lineageOf({ index, number, random, countOf }) {
  const parents = [];
  if (number > 0) {
    parents.push({
      model: modelName(index),
      version: versionName(number - 1),
      relation: 'retrained',
    });
  }
  if (index > 0 && random() < 0.5) {
    const other = Math.floor(random() * index);
    parents.push({
      model: modelName(other),
      version: versionName(Math.floor(random() * countOf(other))),
      relation: 'fine-tuned',
    });
  }
  return {
    ...modelFile.lineage,
    datasets: ['training', 'validation', 'test'].map(role => ({
      name: role,
      digest: datasetDigest(random),
      role,
    })),
    code: {
      repository: `https://git.example/${modelName(index)}`,
      commit: hex(random).slice(0, 40),
      path: 'train.py',
    },
    parents,
  };
}

/** Fills the tables of the registry through the same functions that its store uses. */
export async function seedRegistry({ knex, shape, registry }) {
  const random = randomNumbers(1);
  const { apiVersionOf, edgesOf, searchRowsOf, toVersionRow, versionSortKey } =
    registry;
  for (let index = 0; index < shape.models; index++) {
    const model = modelName(index);
    const count = shape.countOf(index);
    const versions = Array.from({ length: count }, (_, number) => {
      const version = versionOf({
        model,
        version: versionName(number),
        random,
      });
      const { countOf } = shape;
      version.package.lineage = lineageOf({ index, number, random, countOf });
      return version;
    });
    const rows = versions.map(searchRowsOf);
    const live = versionName(count - 1);
    const environments = [
      ...(index % 10 < 9 ? ['production'] : []),
      ...(index % 10 < 7 ? ['staging'] : []),
    ];
    const aliases = [...(index % 10 < 8 ? ['champion'] : []), `own-${index}`];
    await knex.transaction(async trx => {
      await insertAll(trx, 'ml_models', [modelRow(model, index, live, count)]);
      await insertAll(
        trx,
        'ml_versions',
        versions.map(version => ({
          ...toVersionRow(version),
          major: apiVersionOf(version.version),
          sort_key: versionSortKey(version.version),
        })),
      );
      await insertAll(
        trx,
        'ml_version_metrics',
        rows.flatMap(({ metrics }) => metrics),
      );
      await insertAll(
        trx,
        'ml_version_tags',
        rows.flatMap(({ tags }) => tags),
      );
      await insertAll(trx, 'ml_lineage_edges', versions.flatMap(edgesOf));
      await insertAll(
        trx,
        'ml_aliases',
        aliases.map(name => ({
          model,
          name,
          version: live,
          moved_at: AT,
          moved_by: 'user:default/bench',
        })),
      );
      await insertAll(
        trx,
        'ml_deployments',
        environments.map(environment => ({
          model,
          environment,
          version: live,
          history: JSON.stringify([live]),
          majors: '{}',
          generation: 1,
        })),
      );
    });
  }
  // What autovacuum does after a while; SQLite is left without statistics, as it is in the portal.
  if (knex.client.config.client === 'pg') await knex.raw('vacuum analyze');
}

function modelRow(name, index, latest, count) {
  return {
    name,
    title: `Model ${index} of ${SUBJECTS[index % SUBJECTS.length]}`,
    description: modelFile.description,
    owner: ownerName(index),
    depends_on: '[]',
    tags: '["benchmark"]',
    latest_version: latest,
    version_count: count,
    created_at: AT,
    created_by: 'user:default/bench',
    updated_at: AT,
  };
}

/** All rows as one JSON parameter: faster than a parameter for each cell. */
async function insertAll(trx, table, all) {
  const isPostgres = trx.client.config.client === 'pg';
  for (let start = 0; start < all.length; start += 1000) {
    const rows = all.slice(start, start + 1000);
    const columns = Object.keys(rows[0]);
    const names = columns.map(() => '??').join(', ');
    if (isPostgres) {
      await trx.raw(
        `insert into ?? (${names}) select ${names} from json_populate_recordset(null::??, ?::json)`,
        [table, ...columns, ...columns, table, JSON.stringify(rows)],
      );
    } else {
      const values = columns.map(name => `value ->> '$.${name}'`).join(', ');
      await trx.raw(
        `insert into ?? (${names}) select ${values} from json_each(?)`,
        [table, ...columns, JSON.stringify(rows)],
      );
    }
  }
}

function hex(random) {
  return Array.from({ length: 8 }, () =>
    Math.floor(random() * 4294967296)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}
