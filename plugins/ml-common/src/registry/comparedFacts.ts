import type { TensorSpec } from '../interface/tensors';
import type { Version } from './types';

/** One thing known of a version; a name that several versions share is one row. */
export interface Fact {
  name: string;
  value: string | number | boolean | string[] | undefined;
  kind?: 'bytes' | 'digest';
}

/** State, names and description. */
export function aboutFacts(version: Version): Fact[] {
  const { deprecation, package: file } = version;
  return [
    { name: 'state', value: version.state },
    { name: 'sunset', value: deprecation?.sunset },
    { name: 'replacement', value: deprecation?.replacement },
    { name: 'aliases', value: listOf([...version.aliases].sort()) },
    { name: 'title', value: file.title },
    { name: 'description', value: version.description },
    { name: 'owner', value: file.owner },
    { name: 'system', value: file.system },
    { name: 'depends on', value: listOf(file.dependsOn) },
    { name: 'tags', value: listOf(file.tags) },
    { name: 'format', value: version.format },
  ];
}

/** `accuracy`, or `accuracy, hold-out` for a slice, and its interval. */
export function metricFacts({ card }: Version): Fact[] {
  const { performanceMetrics } = card.quantitativeAnalysis;
  return performanceMetrics.flatMap(
    ({ type, value, slice, confidenceInterval }) => {
      const name = slice ? `${type}, ${slice}` : type;
      const { lowerBound, upperBound } = confidenceInterval ?? {};
      return [
        { name, value: toNumber(value) },
        ...(confidenceInterval
          ? [
              {
                name: `${name}, interval`,
                value: `${lowerBound} to ${upperBound}`,
              },
            ]
          : []),
      ];
    },
  );
}

export function parameterFacts({ package: file }: Version): Fact[] {
  return toFacts(file.lineage?.parameters ?? {});
}

/** Code, run and software that made it. */
export function trainingFacts({ package: file }: Version): Fact[] {
  const { baseImage, code, environment, lockFile, parents, run } =
    file.lineage ?? {};
  return [
    ...flatten({ code, run }),
    ...toFacts(environment ?? {}),
    ...flatten({ lockFile, baseImage }),
    {
      name: 'parents',
      value: listOf(
        parents?.map(
          ({ model, relation, version }) => `${relation} ${model}@${version}`,
        ),
      ),
    },
  ];
}

export function interfaceFacts(version: Version): Fact[] {
  const side = (name: string, tensors: TensorSpec[]) =>
    tensors.flatMap(tensor => [
      {
        name: `${name} ${tensor.name}`,
        value: `${tensor.datatype} [${tensor.shape.join(', ')}]${
          tensor.pii ? ', personal data' : ''
        }`,
      },
      { name: `${name} ${tensor.name}, meaning`, value: tensor.description },
    ]);
  return [
    ...side('input', version.interface.inputs),
    ...side('output', version.interface.outputs),
  ];
}

/** The card without its metrics and datasets, which are compared by themselves. */
export function cardFacts({ card }: Version): Fact[] {
  const { datasets: _, ...parameters } = card.modelParameters;
  return [...flatten(parameters), ...flatten(card.considerations)];
}

/** What it was trained on, as the card and the lineage tell. */
export function dataFacts({ card, package: file }: Version): Fact[] {
  return [
    ...flatten(file.lineage?.datasets ?? []),
    ...flatten(card.modelParameters.datasets ?? []),
  ];
}

export function fileFacts({ files }: Version): Fact[] {
  return files.map(file => ({
    name: file.path,
    value: file.digest,
    kind: 'digest',
  }));
}

export function sizeFacts({
  files,
  package: file,
  sizeBytes,
}: Version): Fact[] {
  const artifact = files.find(({ path }) => path === file.artifact);
  return [
    { name: 'all files', value: sizeBytes, kind: 'bytes' },
    { name: 'artifact', value: artifact?.size, kind: 'bytes' },
    { name: 'number of files', value: files.length },
  ];
}

function toFacts(record: Record<string, Fact['value']>): Fact[] {
  return Object.entries(record).map(([name, value]) => ({ name, value }));
}

/** Facts of anything nested, named by the way to them; things in a list go by their names. */
function flatten(value: unknown, path: string[] = []): Fact[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    if (value.every(item => typeof item !== 'object')) {
      return [{ name: path.join(' '), value: listOf(value) }];
    }
    return value.flatMap((item, index) => {
      const { name, groupAtRisk, ...rest } = item as Record<string, unknown>;
      const key = String(name ?? groupAtRisk ?? index + 1);
      return [
        // Else one that says nothing but its name would not be told at all.
        ...(Object.keys(rest).length
          ? []
          : [{ name: [...path, key].join(' '), value: true }]),
        ...flatten(rest, [...path, key]),
      ];
    });
  }
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([key, item]) =>
      flatten(item, [...path, toWords(key)]),
    );
  }
  return [{ name: path.join(' '), value: value as Fact['value'] }];
}

/** `technicalLimitations` as `technical limitations` */
function toWords(key: string): string {
  return key.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

function listOf(items: readonly unknown[] | undefined): string[] | undefined {
  return items?.length ? items.map(String) : undefined;
}

/** Cards may write numbers as text; those are the same. */
function toNumber(value: string | number): string | number {
  const number = Number(value);
  return String(value).trim() && Number.isFinite(number) ? number : value;
}
