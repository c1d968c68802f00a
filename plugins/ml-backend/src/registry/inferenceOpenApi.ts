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
  FP16: { type: 'number' },
  FP32: { type: 'number', format: 'float' },
  FP64: { type: 'number', format: 'double' },
  BYTES: { type: 'string' },
};

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
        { post: inferOperation(summary, operationId) },
      ]),
    ),
    components: {
      schemas: {
        InferenceRequest: messageSchema('inputs', version.interface.inputs),
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
  const error = (description: string) => ({
    description,
    content: json('InferenceError'),
  });
  return {
    summary,
    operationId,
    requestBody: { required: true, content: json('InferenceRequest') },
    responses: {
      200: {
        description: 'The prediction',
        content: json('InferenceResponse'),
      },
      400: error('The request does not fit the interface'),
      404: error('Nothing is live under this path'),
      503: error('Not ready; try again after Retry-After seconds'),
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
        minItems: tensors.length,
        items: { oneOf: tensors.map(tensorSchema) },
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
