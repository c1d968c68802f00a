import type { ServedVersion, TensorSpec } from '@ml-platform/plugin-ml-common';
import type { ServedModel } from '../serving/ServedModel';
import { version as serverVersion } from '../../package.json';
import type { Target } from './parsePath';
import { findSplit } from './resolve';

/** Answer of `GET /v2`. */
export const SERVER_METADATA = {
  name: 'ml-platform-inference-server',
  version: serverVersion,
  extensions: ['binary_tensor_data'],
};

/** What a model runs on, in the words that Triton and MLServer have for it. */
const PLATFORMS: Record<ServedVersion['format'], string> = {
  onnx: 'onnxruntime_onnx',
  mlserver: 'mlserver',
  container: 'container',
};

/** The version with the largest share when several answer. */
export function mainVersion(model: ServedModel, pin: Target['pin']): string {
  const split = findSplit(model, pin);
  return split.reduce((a, b) => (b.weight > a.weight ? b : a)).version;
}

/** A model's metadata, that of its main version. */
export function describeModel(model: ServedModel, pin: Target['pin']) {
  const spec = model.versions.get(mainVersion(model, pin))?.spec;
  return {
    name: model.key.model,
    versions: [...model.versions.keys()],
    platform: spec ? PLATFORMS[spec.format] : '',
    inputs: spec?.interface.inputs.map(describeTensor) ?? [],
    outputs: spec?.interface.outputs.map(describeTensor) ?? [],
  };
}

/** The versions that have a share of the traffic and cannot answer. */
export function unreadyVersions(model: ServedModel, pin: Target['pin']) {
  return findSplit(model, pin)
    .filter(({ weight }) => weight > 0)
    .map(({ version }) => model.versions.get(version))
    .filter(runner => runner !== undefined)
    .filter(({ state }) => state !== 'ready');
}

function describeTensor({ name, datatype, shape }: TensorSpec) {
  return { name, datatype, shape };
}
