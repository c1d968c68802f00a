import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A model that takes `features` FP32 [-1, 4] and gives `label` INT64 [-1]. */
const LINEAR = join(
  __dirname,
  '../../../../plugins/ml-common/src/onnx/__fixtures__/linear.onnx',
);

const MODEL = `apiVersion: ml.internal/v1alpha1
kind: Package
name: example
version: 1.0.0
description: An example
owner: group:default/team
format: onnx
artifact: model.onnx
samples: [samples/request.json]
interface:
  inputs:
    - name: features
      datatype: FP32
      shape: [-1, 4]
  outputs:
    - name: label
      datatype: INT64
      shape: [-1]
`;

const CARD = `modelParameters:
  task: classification
quantitativeAnalysis:
  performanceMetrics:
    - type: accuracy
      value: 0.97
considerations:
  users: [The team]
  useCases: [Tests]
  technicalLimitations: [It knows nothing]
`;

const SUITE = `apiVersion: ml.internal/v1alpha1
kind: EvaluationSuite
`;

const SAMPLE = JSON.stringify({
  inputs: [
    { name: 'features', datatype: 'FP32', shape: [1, 4], data: [1, 2, 3, 4] },
  ],
});

/** Files to change; undefined leaves one out. */
export type PackageChanges = Record<string, string | Buffer | undefined>;

/** Writes a valid package, changed as told. */
export async function writePackage(
  directory: string,
  changes: PackageChanges = {},
): Promise<string> {
  const files: PackageChanges = {
    'model.yaml': MODEL,
    'card.yaml': CARD,
    'eval/suite.yaml': SUITE,
    'samples/request.json': SAMPLE,
    ...changes,
  };
  await mkdir(directory, { recursive: true });
  if (!('model.onnx' in changes)) {
    await copyFile(LINEAR, join(directory, 'model.onnx'));
  }
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) continue;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return directory;
}

/** The valid `model.yaml` with one text replaced. */
export function modelYaml(from: string, to: string): string {
  if (!MODEL.includes(from)) throw new Error(`There is no '${from}' in it`);
  return MODEL.replace(from, to);
}
