import type { PackageIssue } from '../package/issues';
import type { ModelFile } from '../package/modelFile';
import type { ByteSource } from './ByteSource';
import { checkOnnxInterface } from './checkOnnxInterface';
import { OnnxReadError } from './OnnxReadError';
import { readOnnxInterface } from './readOnnxInterface';
import type { OnnxInterface } from './types';

/** @public */
export interface CheckOnnxArtifactOptions {
  model: ModelFile;
  /** The artifact's bytes. */
  source: ByteSource;
}

/**
 * Everything there is to check about a package's ONNX file, for the CLI
 * before a push and for the backend at registration. Failures to read the
 * source itself are thrown.
 * @public
 */
export async function checkOnnxArtifact(
  options: CheckOnnxArtifactOptions,
): Promise<PackageIssue[]> {
  const { model, source } = options;
  const file = model.artifact ?? '';
  let actual: OnnxInterface;
  try {
    actual = await readOnnxInterface(source);
  } catch (error) {
    if (!(error instanceof OnnxReadError)) throw error;
    return [
      {
        file,
        field: '',
        message: `cannot be read as ONNX: ${error.message}`,
        remedy: 'export the model again, and check it with onnx.checker',
      },
    ];
  }
  return [
    ...checkOnnxInterface({ declared: model.interface, actual }),
    ...actual.externalData.map(location => ({
      file,
      field: '',
      message: `keeps weights in another file, '${location}', which cannot be served yet`,
      remedy:
        'save the model as one file: onnx.save_model(model, path, save_as_external_data=False)',
    })),
  ];
}
