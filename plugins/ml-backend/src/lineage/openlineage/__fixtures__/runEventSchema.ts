/**
 * What OpenLineage 2-0-2 asks of a run event and of the facets that we use, as a
 * JSON Schema of our own: written after the specification at
 * https://openlineage.io/spec/2-0-2/OpenLineage.json, and stricter in that it
 * knows which facets may come where.
 */
const text = { type: 'string', minLength: 1 };
const uri = { type: 'string', format: 'uri' };

const facet = (
  required: Record<string, object> = {},
  optional: Record<string, object> = {},
) => ({
  type: 'object',
  properties: { _producer: uri, _schemaURL: uri, ...required, ...optional },
  required: ['_producer', '_schemaURL', ...Object.keys(required)],
});

/** Facets by name; one that the standard does not have starts with our prefix. */
const facets = (standard: Record<string, object>) => ({
  type: 'object',
  properties: standard,
  patternProperties: { '^ml_': facet() },
  additionalProperties: false,
});

const dataset = {
  type: 'object',
  properties: {
    namespace: text,
    name: text,
    facets: facets({
      version: facet({ datasetVersion: text }),
      datasetType: facet({ datasetType: text }),
    }),
  },
  required: ['namespace', 'name'],
  additionalProperties: false,
};

export const runEventSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    eventType: {
      enum: ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'],
    },
    eventTime: { type: 'string', format: 'date-time' },
    producer: uri,
    schemaURL: {
      const:
        'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
    },
    run: {
      type: 'object',
      properties: {
        runId: { type: 'string', format: 'uuid' },
        facets: facets({
          executionParameters: facet({
            parameters: {
              type: 'array',
              items: {
                type: 'object',
                properties: { key: text, value: { type: 'string' } },
                required: ['key'],
              },
            },
          }),
          errorMessage: facet({ message: text, programmingLanguage: text }),
        }),
      },
      required: ['runId'],
    },
    job: {
      type: 'object',
      properties: {
        namespace: text,
        name: text,
        facets: facets({
          jobType: facet({
            processingType: { enum: ['BATCH', 'STREAMING', 'SERVICE'] },
            integration: text,
          }),
          documentation: facet({ description: text }),
          ownership: facet({
            owners: {
              type: 'array',
              items: {
                type: 'object',
                properties: { name: text, type: text },
                required: ['name'],
              },
            },
          }),
          sourceCodeLocation: facet(
            { type: text, url: uri },
            { repoUrl: text, path: text, version: text },
          ),
        }),
      },
      required: ['namespace', 'name'],
    },
    inputs: { type: 'array', items: dataset },
    outputs: { type: 'array', items: dataset },
  },
  required: ['eventTime', 'producer', 'schemaURL', 'run', 'job'],
  additionalProperties: false,
};
