import {
  apiVersionOf,
  type Datatype,
  type TensorSpec,
  type Version,
} from '@ml-platform/plugin-ml-common';

const JSON_TYPES: Record<Datatype, object> = {
  BOOL: { type: 'boolean' },
  UINT8: { type: 'integer', minimum: 0, maximum: 255 },
  UINT16: { type: 'integer', minimum: 0, maximum: 65535 },
  UINT32: { type: 'integer', minimum: 0 },
  UINT64: { type: 'integer', minimum: 0 },
  INT8: { type: 'integer', minimum: -128, maximum: 127 },
  INT16: { type: 'integer', minimum: -32768, maximum: 32767 },
  INT32: { type: 'integer', format: 'int32' },
  INT64: { type: 'integer', format: 'int64' },
  FP16: floatType({ type: 'number' }),
  FP32: floatType({ type: 'number', format: 'float' }),
  FP64: floatType({ type: 'number', format: 'double' }),
  BYTES: { type: 'string' },
};

/** What JSON has no number for is text. */
function floatType(number: object): object {
  return {
    anyOf: [number, { type: 'string', enum: ['NaN', 'Infinity', '-Infinity'] }],
  };
}

/** Of every answer. */
const HEADERS = {
  'x-request-id': header('Finds the request in the logs'),
  'x-ml-version': header('The version that answered, or should have'),
};
const DEPRECATION_HEADERS = {
  Deprecation: header(
    'Since when the version is deprecated, by RFC 9745; only then',
    '@1735689600',
  ),
  Sunset: header(
    'Until when the version is served, by RFC 8594; only then',
    'Wed, 31 Dec 2025 23:59:59 GMT',
  ),
};
const RETRY_HEADER = {
  'Retry-After': {
    description: 'Seconds after which it makes sense to ask again',
    schema: { type: 'integer', minimum: 1 },
  },
};

function header(description: string, example?: string): object {
  return { description, schema: { type: 'string', example } };
}

/**
 * OpenAPI document of a version's inference endpoint, in the terms of its own
 * interface, following the Open Inference Protocol v2.
 */
export function inferenceOpenApi(options: {
  version: Version;
  title: string;
  servers: { url: string; description: string }[];
}): object {
  const { servers, title, version } = options;
  const paths = [
    {
      path: `/v2/models/${version.model}/infer`,
      summary: 'Predict with the live version',
      operationId: 'infer',
    },
    {
      path: `/v2/models/${version.model}/versions/${apiVersionOf(
        version.version,
      )}/infer`,
      summary: `Predict with API version ${apiVersionOf(version.version)}`,
      operationId: 'inferPinned',
    },
    {
      path: `/v2/models/${version.model}/versions/${version.version}/infer`,
      summary: `Predict with version ${version.version}, while it is loaded`,
      operationId: 'inferExactly',
    },
  ];
  return {
    openapi: '3.0.3',
    info: {
      title,
      version: version.version,
      description: version.description,
    },
    servers,
    paths: Object.fromEntries(
      paths.map(({ path, summary, operationId }) => [
        path,
        {
          post: {
            ...inferOperation(summary, operationId),
            ...(version.state === 'deprecated' && { deprecated: true }),
          },
        },
      ]),
    ),
    // Where callers are known; a gateway on loopback may serve everybody.
    security: [{}, { consumer: [] }],
    components: {
      securitySchemes: { consumer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        InferenceRequest: messageSchema('inputs', version.interface.inputs, {
          parameters: { type: 'object' },
          outputs: outputsSchema(version.interface.outputs),
        }),
        InferenceResponse: messageSchema('outputs', version.interface.outputs, {
          model_name: { type: 'string', enum: [version.model] },
          model_version: { type: 'string', example: version.version },
        }),
        InferenceError: {
          type: 'object',
          required: ['error'],
          properties: { error: { type: 'string' } },
        },
      },
    },
  };
}

function inferOperation(summary: string, operationId: string): object {
  const json = (name: string) => ({
    'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
  });
  const error = (description: string, more: object = {}) => ({
    description,
    headers: { ...HEADERS, ...more },
    content: json('InferenceError'),
  });
  return {
    summary,
    operationId,
    requestBody: { required: true, content: json('InferenceRequest') },
    responses: {
      200: {
        description: 'The prediction',
        headers: { ...HEADERS, ...DEPRECATION_HEADERS },
        content: json('InferenceResponse'),
      },
      400: error('The request does not fit the interface'),
      401: error('The caller has to say who it is'),
      403: error('The caller may not call this model'),
      404: error('Nothing is live under this path'),
      413: error('The body is too large; send fewer rows at a time'),
      429: error('The caller sends more than it may', RETRY_HEADER),
      500: error('The model failed on the request'),
      503: error('Not ready, or overloaded', RETRY_HEADER),
      504: error('There was no answer in time'),
    },
  };
}

function messageSchema(
  field: 'inputs' | 'outputs',
  tensors: TensorSpec[],
  extra: Record<string, object> = {},
): object {
  return {
    type: 'object',
    required: [field],
    properties: {
      id: { type: 'string' },
      ...extra,
      [field]: {
        type: 'array',
        ...(field === 'inputs' && {
          minItems: tensors.length,
          maxItems: tensors.length,
        }),
        items: { oneOf: tensors.map(tensorSchema) },
      },
    },
  };
}

function outputsSchema(tensors: TensorSpec[]): object {
  return {
    type: 'array',
    description: 'The outputs that are wanted; all of them when left out',
    items: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', enum: tensors.map(({ name }) => name) },
      },
    },
  };
}

function tensorSchema(tensor: TensorSpec): object {
  return {
    type: 'object',
    title: tensor.name,
    description: tensor.description,
    required: ['name', 'datatype', 'shape', 'data'],
    properties: {
      name: { type: 'string', enum: [tensor.name] },
      datatype: { type: 'string', enum: [tensor.datatype] },
      shape: {
        type: 'array',
        items: { type: 'integer' },
        minItems: tensor.shape.length,
        maxItems: tensor.shape.length,
        example: tensor.shape.map(size => (size === -1 ? 1 : size)),
      },
      data: { type: 'array', items: JSON_TYPES[tensor.datatype] },
    },
  };
}
