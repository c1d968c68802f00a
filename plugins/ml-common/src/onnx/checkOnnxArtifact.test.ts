import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TensorSpec } from '../interface/tensors';
import { formatIssue } from '../package/issues';
import type { ModelFile } from '../package/modelFile';
import { bytesSource } from './ByteSource';
import { checkOnnxArtifact } from './checkOnnxArtifact';

const features: TensorSpec = {
  name: 'features',
  datatype: 'FP32',
  shape: [-1, 4],
};
const label: TensorSpec = { name: 'label', datatype: 'INT64', shape: [-1] };

async function check(
  name: string,
  declared: { inputs?: TensorSpec[]; outputs?: TensorSpec[] } = {},
): Promise<string[]> {
  const bytes = readFileSync(join(__dirname, '__fixtures__', `${name}.onnx`));
  const model: ModelFile = {
    apiVersion: 'ml.internal/v1alpha1',
    kind: 'Package',
    name: 'example',
    version: '1.0.0',
    description: 'An example',
    owner: 'group:default/team',
    format: 'onnx',
    artifact: `model/${name}.onnx`,
    interface: { inputs: [features], outputs: [label], ...declared },
  };
  const issues = await checkOnnxArtifact({
    model,
    source: bytesSource(bytes),
  });
  return issues.map(formatIssue);
}

describe('checkOnnxArtifact', () => {
  it('accepts a declaration that the model keeps', async () => {
    expect(await check('linear')).toEqual([]);
    expect(
      await check('linear', { inputs: [{ ...features, shape: [1, 4] }] }),
    ).toEqual([]);
  });

  it('names a tensor the model does not have, and lists those it has', async () => {
    expect(
      await check('linear', { outputs: [{ ...label, name: 'class' }] }),
    ).toEqual([
      "model.yaml interface.outputs[0].name: the model has no output 'class'; its outputs are 'label' (INT64 [-1]), 'scores' (FP32 [-1, 3])\n  → use a name that the model has, or export the model with 'class'",
    ]);
  });

  it('names another datatype and a shape that does not fit', async () => {
    const issues = await check('linear', {
      inputs: [{ ...features, datatype: 'FP64', shape: [-1, 5] }],
    });
    expect(issues).toEqual([
      expect.stringContaining(
        "inputs[0].datatype: input 'features' is declared as FP64, the model has FP32",
      ),
      expect.stringContaining(
        "inputs[0].shape: input 'features' is declared with the shape [-1,5], the model has [-1,4]",
      ),
    ]);
    // The model takes four features only, so the declaration must not promise any number.
    expect(
      await check('linear', { inputs: [{ ...features, shape: [-1, -1] }] }),
    ).toHaveLength(1);
  });

  it('names a required input that is not declared', async () => {
    expect(
      await check('linear', { inputs: [{ ...features, name: 'other' }] }),
    ).toEqual([
      expect.stringContaining("the model has no input 'other'"),
      expect.stringContaining("requires the input 'features' (FP32 [-1, 4])"),
    ]);
  });

  it('tells how to export without ZipMap', async () => {
    const [issue] = await check('zipmap', {
      inputs: [{ ...features, shape: [-1, 3] }],
      outputs: [{ ...label, name: 'probabilities' }],
    });
    expect(issue).toContain('sequence of map(int64, tensor(float))');
    expect(issue).toContain('"zipmap": False');
  });

  it('refuses weights in another file, which the server would not find', async () => {
    expect(await check('external')).toEqual([
      expect.stringContaining(
        "keeps weights in another file, 'external.weights'",
      ),
    ]);
  });
});
