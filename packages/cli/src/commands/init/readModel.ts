import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import {
  checkOnnxInterface,
  OnnxReadError,
  readOnnxInterface,
  type OnnxInterface,
  type PackageIssue,
} from '@ml-platform/plugin-ml-common';
import { CliError } from '../../errors/CliError';
import { openFileSource } from '../../packaging/fileSource';
import { usageError } from '../parseRef';

const EXPORT_HINT =
  'Export the model to ONNX: skl2onnx, torch.onnx.export, tf2onnx or onnxmltools do it.';

/** What else teams have, by the end of its name. */
const OTHER_FORMATS: [RegExp, string][] = [
  [/^\.(pkl|pickle|joblib|cloudpickle)$/, 'A pickle'],
  [/^\.(pt|pth|ckpt|safetensors|h5|keras|pb|tflite)$/, 'A file of weights'],
  [/^\.(bst|ubj|xgb|lgb|cbm|mar|pmml)$/, "A framework's own file"],
];

/** Reads inputs and outputs of an ONNX file that can be served; explains why another one cannot. */
export async function readModel(path: string): Promise<OnnxInterface> {
  await expectOnnxFile(path);
  const source = await openFileSource(path);
  try {
    const actual = await readOnnxInterface(source);
    const issues = findUnusable(path, actual);
    if (!issues.length) return actual;
    throw new CliError({
      code: 'MODEL_UNUSABLE',
      message: `${path} cannot be served as it is; nothing was written`,
      issues,
    });
  } catch (error) {
    if (!(error instanceof OnnxReadError)) throw error;
    throw new CliError({
      code: 'MODEL_UNUSABLE',
      message: `${path} cannot be read as ONNX: ${error.message}`,
      hint: EXPORT_HINT,
    });
  } finally {
    await source.close();
  }
}

async function expectOnnxFile(path: string) {
  if (/^https?:\/\//.test(path)) {
    throw laterError(`A server (${path})`);
  }
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    throw usageError(`There is no file ${path}`, 'Name an ONNX file.');
  }
  if (found.isDirectory()) throw directoryError(path);
  const end = extname(path).toLowerCase();
  const other = OTHER_FORMATS.find(([pattern]) => pattern.test(end));
  if (other) throw laterError(`${other[1]} (${basename(path)})`);
}

function directoryError(path: string): CliError {
  const has = (name: string) => existsSync(join(path, name));
  if (has('MLmodel')) return laterError(`A folder of MLflow (${path})`);
  if (has('Dockerfile') || has('model-settings.json')) {
    return laterError(`A server (${path})`);
  }
  return usageError(
    `${path} is a directory`,
    'Name the ONNX file that is in it.',
  );
}

function laterError(what: string): CliError {
  return new CliError({
    code: 'FORMAT_NOT_SUPPORTED',
    message: `${what} cannot be packaged yet; today a model is an ONNX file`,
    hint: EXPORT_HINT,
  });
}

function findUnusable(path: string, actual: OnnxInterface): PackageIssue[] {
  const file = basename(path);
  // Compared with itself, only what cannot be served is left.
  const { inputs, outputs } = actual;
  const declared = {
    inputs: inputs.map(tensor => ({ ...tensor, shape: tensor.shape ?? [] })),
    outputs: outputs.map(tensor => ({ ...tensor, shape: tensor.shape ?? [] })),
  };
  const issues = checkOnnxInterface({ declared, actual, file }).map(issue => ({
    ...issue,
    field: '',
  }));
  for (const location of actual.externalData) {
    issues.push({
      file,
      field: '',
      message: `keeps weights in another file, '${location}', which cannot be served yet`,
      remedy:
        'save the model as one file: onnx.save_model(model, path, save_as_external_data=False)',
    });
  }
  if (!inputs.length && !issues.length) {
    issues.push({
      file,
      field: '',
      message: 'has no input that a caller has to send',
      remedy: 'export the model with its inputs',
    });
  }
  return issues;
}
