import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import {
  checkOnnxInterface,
  OnnxReadError,
  readOnnxInterface,
  type OnnxInterface,
  type PackageIssue,
} from '@ml-platform/plugin-ml-common';
import { CliError } from '../../errors/CliError';
import { openFileSource } from '@ml-platform/packaging';
import { usageError } from '../parseRef';

const EXPORT_HINT =
  'Export the model to ONNX: skl2onnx, torch.onnx.export, tf2onnx or onnxmltools do it.';

/** What is neither ONNX nor run by MLServer, by the end of its name. */
const OTHER_FORMATS =
  /^\.(pt|pth|ckpt|safetensors|h5|keras|pb|tflite|cbm|mar|pmml)$/;

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
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    throw usageError(
      `There is no file ${path}`,
      'Name an ONNX file, a pickle, a folder of MLflow, or the address of a running server.',
    );
  }
  if (found.isDirectory()) {
    throw usageError(
      `${path} is a directory without a file MLmodel`,
      'Name the model file that is in it, or say with --command what starts the server in it.',
    );
  }
  if (!OTHER_FORMATS.test(extname(path).toLowerCase())) return;
  throw new CliError({
    code: 'FORMAT_NOT_SUPPORTED',
    message: `A file of weights (${basename(
      path,
    )}) cannot be packaged by itself`,
    hint: `${EXPORT_HINT} Or package a server of your own that loads it: ml init --help`,
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
