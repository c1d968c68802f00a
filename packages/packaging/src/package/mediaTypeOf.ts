import {
  MEDIA_TYPES,
  PACKAGE_FILES,
  type ModelFile,
} from '@ml-platform/plugin-ml-common';

/**
 * The ModelPack media type of a file, by its role in the package: weights,
 * what describes them, documents, data, and code for everything else.
 */
export function mediaTypeOf(
  path: string,
  model: Pick<ModelFile, 'artifact' | 'samples' | 'mlserver'>,
): string {
  const { artifact, mlserver } = model;
  if (artifact && mlserver?.runtime === 'mlflow') {
    // Its artifact is a whole folder, described by the file MLmodel.
    const folder = artifact.slice(0, artifact.lastIndexOf('/') + 1);
    if (path === artifact) return MEDIA_TYPES.weightConfig;
    if (path.startsWith(`${folder}data/`)) return MEDIA_TYPES.weight;
  }
  if (path === artifact) return MEDIA_TYPES.weight;
  if (path === PACKAGE_FILES.model) return MEDIA_TYPES.weightConfig;
  if (path === PACKAGE_FILES.card) return MEDIA_TYPES.doc;
  if (model.samples?.includes(path)) return MEDIA_TYPES.dataset;
  if (
    /^(docs\/.*|(.*\/)?(LICENSE|NOTICE)|.*\.(md|txt|pdf|html|png|svg|jpe?g))$/.test(
      path,
    )
  ) {
    return /(^|\/)requirements[^/]*\.txt$/.test(path)
      ? MEDIA_TYPES.code
      : MEDIA_TYPES.doc;
  }
  if (/^(samples|data)\//.test(path)) return MEDIA_TYPES.dataset;
  if (/\.(csv|tsv|jsonl?|ndjson|parquet|arrow|avro|npy|npz)$/.test(path)) {
    return MEDIA_TYPES.dataset;
  }
  if (
    /\.(onnx|weights|bin|data|pb|pkl|pickle|joblib|cloudpickle|ubj|bst|skops|safetensors)$/.test(
      path,
    )
  ) {
    return MEDIA_TYPES.weight;
  }
  return MEDIA_TYPES.code;
}
