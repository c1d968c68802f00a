import SwaggerParser from '@apidevtools/swagger-parser';
import Ajv from 'ajv';
import { DATATYPES, type Version } from '@ml-platform/plugin-ml-common';
import { inferenceOpenApi } from './inferenceOpenApi';

const version = {
  model: 'wine',
  version: '1.4.0',
  description: 'Tells wines apart',
  state: 'deprecated',
  interface: {
    inputs: DATATYPES.map(datatype => ({
      name: datatype.toLowerCase(),
      datatype,
      shape: [-1, 2],
    })),
    outputs: [{ name: 'score', datatype: 'FP32', shape: [-1] }],
  },
} as Version;

const document = () =>
  // As callers get it: without what is undefined.
  JSON.parse(
    JSON.stringify(
      inferenceOpenApi({
        version,
        title: 'Wine',
        servers: [{ url: 'http://localhost:7008', description: 'production' }],
      }),
    ),
  );

describe('the OpenAPI document of a version', () => {
  it('is one, with a path for each way to name the version', async () => {
    const { paths } = await SwaggerParser.validate(document());
    expect(Object.keys(paths!)).toEqual([
      '/v2/models/wine/infer',
      '/v2/models/wine/versions/1/infer',
      '/v2/models/wine/versions/1.4.0/infer',
    ]);
    const { post } = paths!['/v2/models/wine/infer']!;
    expect(post!.deprecated).toBe(true);
    expect(Object.keys(post!.responses)).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '429', '503']),
    );
  });

  it('takes what gateways take, and give', () => {
    const { InferenceRequest, InferenceResponse } =
      document().components.schemas;
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const accepts = (schema: object, value: unknown) =>
      ajv.compile(schema)(value);
    const dataOf: Record<string, unknown[]> = {
      BOOL: [true, false],
      BYTES: ['a', ''],
      FP32: [0.5, 'NaN'],
    };
    const inputs = version.interface.inputs.map(({ name, datatype }) => ({
      ...{ name, datatype, shape: [1, 2], data: dataOf[datatype] ?? [1, 2] },
    }));
    const request = { id: 'a', inputs, outputs: [{ name: 'score' }] };
    expect(accepts(InferenceRequest, request)).toBe(true);
    const others: object[] = [
      { ...request, inputs: inputs.slice(1) },
      { ...request, outputs: [{ name: 'other' }] },
      {
        ...request,
        inputs: [{ ...inputs[0], shape: [1] }, ...inputs.slice(1)],
      },
    ];
    for (const other of others) {
      expect(accepts(InferenceRequest, other)).toBe(false);
    }
    const score = { name: 'score', datatype: 'FP32', shape: [1] };
    const answer = {
      ...{ model_name: 'wine', model_version: '1.4.0' },
      outputs: [{ ...score, data: ['Infinity'] }],
    };
    expect(accepts(InferenceResponse, answer)).toBe(true);
  });
});
