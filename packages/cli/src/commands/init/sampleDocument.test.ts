import {
  checkSample,
  type OnnxInterface,
  type TensorSpec,
} from '@ml-platform/plugin-ml-common';
import { sampleDocument } from './sampleDocument';

const withInputs = (...inputs: TensorSpec[]): OnnxInterface => ({
  ...{ irVersion: 9, producer: '', optionalInputs: [], unsupported: [] },
  ...{ inputs, outputs: [], initializers: 0, externalData: [] },
});

describe('sampleDocument', () => {
  it('fits the interface, whatever the datatypes', () => {
    const inputs: TensorSpec[] = [
      { name: 'a "b"', datatype: 'FP32', shape: [-1, 2, 3] },
      { name: 'flag', datatype: 'BOOL', shape: [] },
      { name: 'text', datatype: 'BYTES', shape: [-1, -1] },
      { name: 'nothing', datatype: 'INT64', shape: [0] },
    ];
    const sample = sampleDocument(withInputs(...inputs));
    expect(
      checkSample('a.json', JSON.parse(sample!), { inputs, outputs: [] }),
    ).toEqual([]);
  });

  it('is left out where nobody could read it', () => {
    expect(
      sampleDocument(
        withInputs({ name: 'a', datatype: 'FP32', shape: [3, 1e9, 1e9] }),
      ),
    ).toBeUndefined();
  });
});
