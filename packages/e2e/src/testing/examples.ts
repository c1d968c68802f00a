import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './run';

/** A sample request and the answer that the example's training script wrote. */
export function sampleOf(example: string): { request: any; response: any } {
  const read = (name: string) =>
    JSON.parse(
      readFileSync(
        join(repository, 'examples', example, 'samples', name),
        'utf8',
      ),
    );
  return { request: read('request.json'), response: read('response.json') };
}

/** Compares outputs; floats to six digits, everything else exactly. */
export function expectSameOutputs(actual: any, expected: any): void {
  expect(actual.outputs.map(withoutData)).toEqual(
    expected.outputs.map(withoutData),
  );
  for (const [index, output] of expected.outputs.entries()) {
    const data = actual.outputs[index].data;
    expect(data).toHaveLength(output.data.length);
    output.data.forEach((value: number | string, position: number) => {
      if (output.datatype.startsWith('FP')) {
        expect(data[position]).toBeCloseTo(Number(value), 5);
      } else {
        expect(data[position]).toEqual(value);
      }
    });
  }
}

function withoutData({ name, shape, datatype }: any) {
  return { name, shape, datatype };
}
