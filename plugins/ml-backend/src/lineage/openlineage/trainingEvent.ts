import type { Version } from '@ml-platform/plugin-ml-common';
import { inputDataset, versionDataset } from './datasets';
import {
  ownFacet,
  PRODUCER,
  RUN_EVENT_SCHEMA,
  standardFacet,
  uuidOf,
} from './facets';

/**
 * The training of a version as an OpenLineage 2-0-2 run event: datasets and
 * parents in, the version out. The same version always gives the same event.
 *
 * Source: https://openlineage.io/spec/2-0-2/OpenLineage.json
 */
export function toTrainingEvent(version: Version, namespace: string): object {
  const { model, package: file } = version;
  const lineage = file.lineage ?? {};
  const { datasets = [], parents = [] } = lineage;
  return {
    eventType: 'COMPLETE',
    eventTime: version.createdAt,
    producer: PRODUCER,
    schemaURL: RUN_EVENT_SCHEMA,
    run: {
      runId: uuidOf(`${namespace}/${model}@${version.version}`),
      facets: runFacets(version),
    },
    job: {
      namespace,
      name: `${model}.training`,
      facets: jobFacets(version),
    },
    inputs: [
      ...datasets.map(dataset => inputDataset(dataset, { namespace, model })),
      ...parents.map(parent => versionDataset({ namespace, ...parent })),
    ],
    outputs: [versionDataset({ ...version, namespace })],
  };
}

function runFacets(version: Version): Record<string, object> {
  const { baseImage, environment, lockFile, parameters, run } =
    version.package.lineage ?? {};
  return {
    ...(parameters && {
      executionParameters: standardFacet('ExecutionParametersRunFacet', {
        parameters: Object.entries(parameters).map(([key, value]) => ({
          key,
          value: String(value),
        })),
      }),
    }),
    ...((environment || lockFile || baseImage) && {
      ml_environment: ownFacet('EnvironmentRunFacet', {
        versions: environment,
        lockFile,
        baseImage,
      }),
    }),
    ...(run && { ml_experimentRun: ownFacet('ExperimentRunFacet', run) }),
  };
}

function jobFacets(version: Version): Record<string, object> {
  const { lineage, owner } = version.package;
  const { commit, path, repository } = lineage?.code ?? {};
  const url = repository && toUrl(repository);
  return {
    jobType: standardFacet('JobTypeJobFacet', {
      processingType: 'BATCH',
      integration: 'ML_PLATFORM',
      jobType: 'TRAINING',
    }),
    documentation: standardFacet('DocumentationJobFacet', {
      description: version.description,
    }),
    ownership: standardFacet('OwnershipJobFacet', {
      owners: [{ name: owner, type: 'OWNER' }],
    }),
    ...(url && {
      sourceCodeLocation: standardFacet('SourceCodeLocationJobFacet', {
        type: 'git',
        url,
        repoUrl: url,
        path,
        version: commit,
      }),
    }),
  };
}

/** A repository as a URL without an account's password; undefined for a folder. */
function toUrl(repository: string): string | undefined {
  // As in git@host:team/model.git.
  const short = /^([\w.-]+@[\w.-]+):(?!\/\/)(.+)$/.exec(repository);
  const text = short ? `ssh://${short[1]}/${short[2]}` : repository;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.password = '';
  if (url.protocol.startsWith('http')) url.username = '';
  return url.href;
}
