import { servedVersionSchema } from '../serving/controlApi';

const tensor = (name: string, ...shape: number[]) => ({
  name,
  datatype: 'FP32',
  shape,
});
const version = (override: object) =>
  servedVersionSchema.safeParse({
    version: '1.0.0',
    format: 'onnx',
    repository: 'models/test',
    digest: `sha256:${'0'.repeat(64)}`,
    artifact: 'model.onnx',
    interface: { inputs: [tensor('x', -1, 3)], outputs: [tensor('y', -1)] },
    batching: { maxRows: 32, maxDelayMs: 2 },
    ...override,
  });

describe('batching', () => {
  it('is taken where every tensor has rows', () => {
    expect(version({}).success).toBe(true);
    expect(version({ batching: undefined }).success).toBe(true);
  });

  it.each<[string, object, RegExp]>([
    [
      'an output without rows',
      { interface: { inputs: [tensor('x', -1)], outputs: [tensor('y', 1)] } },
      /needs -1 as the first dimension of every tensor, but 'y' has the shape \[1\]/,
    ],
    [
      'a scalar input',
      { interface: { inputs: [tensor('x')], outputs: [tensor('y', -1)] } },
      /but 'x' has the shape \[\]/,
    ],
    ['batches of one', { batching: { maxRows: 1, maxDelayMs: 2 } }, /2/],
    ['no delay given', { batching: { maxRows: 8 } }, /maxDelayMs|number/],
  ])('is refused with %s', (_, override, message) => {
    const { error } = version(override);
    expect(JSON.stringify(error?.issues)).toMatch(message);
  });
});
