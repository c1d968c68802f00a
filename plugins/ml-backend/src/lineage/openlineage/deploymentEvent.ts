import type { MlEvent } from '@ml-platform/plugin-ml-common';
import { versionDataset } from './datasets';
import {
  ownFacet,
  PRODUCER,
  RUN_EVENT_SCHEMA,
  standardFacet,
  uuidOf,
} from './facets';

/**
 * A release that ended, as an OpenLineage 2-0-2 run event: the version in, the
 * deployment out.
 */
export function toDeploymentEvent(event: MlEvent, namespace: string): object {
  const { data } = event;
  const model = String(data.model);
  const [environment, version] = [String(data.environment), `${data.version}`];
  const hasFailed = event.type === 'internal.ml.release.failed';
  return {
    eventType: hasFailed ? 'FAIL' : 'COMPLETE',
    eventTime: event.time,
    producer: PRODUCER,
    schemaURL: RUN_EVENT_SCHEMA,
    run: {
      runId: uuidOf(`${namespace}/releases/${data.release}`),
      facets: {
        ml_release: ownFacet('ReleaseRunFacet', {
          release: data.release,
          number: data.number,
          kind: data.kind,
          version,
          ...(data.fromVersion !== undefined && {
            fromVersion: data.fromVersion,
          }),
        }),
        ...(hasFailed && {
          errorMessage: standardFacet('ErrorMessageRunFacet', {
            message: String(data.error),
            programmingLanguage: 'TypeScript',
          }),
        }),
      },
    },
    job: {
      namespace,
      name: `${model}.deployment.${environment}`,
      facets: {
        jobType: standardFacet('JobTypeJobFacet', {
          processingType: 'BATCH',
          integration: 'ML_PLATFORM',
          jobType: 'DEPLOYMENT',
        }),
      },
    },
    inputs: [versionDataset({ namespace, model, version })],
    outputs: hasFailed
      ? []
      : [
          {
            namespace,
            name: `deployments/${environment}/${model}`,
            facets: {
              version: standardFacet('DatasetVersionDatasetFacet', {
                datasetVersion: version,
              }),
            },
          },
        ],
  };
}
