import { createHash } from 'node:crypto';
import { uuidOfDigest } from '@ml-platform/plugin-ml-common';

/** Who makes these events, as OpenLineage wants it: a URI. */
export const PRODUCER = 'https://ml.internal/openlineage/v1';

const SPEC = 'https://openlineage.io/spec';

/** OpenLineage's own schema of run events. */
export const RUN_EVENT_SCHEMA = `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`;

/** Standard facets that are used, and their versions. */
const VERSIONS = {
  DatasetTypeDatasetFacet: '1-0-1',
  DatasetVersionDatasetFacet: '1-0-1',
  DocumentationJobFacet: '1-1-0',
  ErrorMessageRunFacet: '1-0-1',
  ExecutionParametersRunFacet: '1-0-0',
  JobTypeJobFacet: '2-0-4',
  OwnershipJobFacet: '1-0-1',
  SourceCodeLocationJobFacet: '1-1-0',
} as const;

/** A facet of the standard. */
export function standardFacet(
  name: keyof typeof VERSIONS,
  facts: object,
): object {
  return {
    _producer: PRODUCER,
    _schemaURL: `${SPEC}/facets/${VERSIONS[name]}/${name}.json#/$defs/${name}`,
    ...facts,
  };
}

/** A facet of our own; by the standard its name starts with `ml_`, our prefix. */
export function ownFacet(name: string, facts: object): object {
  return {
    _producer: PRODUCER,
    _schemaURL: `${PRODUCER}/facets.json#/$defs/${name}`,
    ...facts,
  };
}

/** A UUID for a text: the same always gives the same. */
export function uuidOf(text: string): string {
  return uuidOfDigest(createHash('sha256').update(text).digest('hex'));
}
