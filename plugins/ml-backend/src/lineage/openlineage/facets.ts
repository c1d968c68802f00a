import { createHash } from 'node:crypto';

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

/** A name-based UUID (version 5 by its bits): the same text always gives the same. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = '89ab'[parseInt(hex[16], 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
