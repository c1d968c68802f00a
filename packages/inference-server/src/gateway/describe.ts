import type { TensorSpec } from '@ml-platform/plugin-ml-common';
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

/** A model's metadata; that of the version with the largest share when several answer. */
export function describeModel(model: ServedModel, pin: Target['pin']) {
  const split = findSplit(model, pin);
  const main = split.reduce((a, b) => (b.weight > a.weight ? b : a));
  const spec = model.versions.get(main.version)?.spec;
  return {
    name: model.key.model,
    versions: [...model.versions.keys()],
    platform: 'onnxruntime_onnx',
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
