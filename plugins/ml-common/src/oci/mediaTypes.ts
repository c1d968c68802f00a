/**
 * Media types of OCI images and of CNCF ModelPack (model-spec v0.0.7), in one
 * table because ModelPack is young and may still rename them.
 * @public
 */
export const MEDIA_TYPES = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  modelManifest: 'application/vnd.cncf.model.manifest.v1+json',
  modelConfig: 'application/vnd.cncf.model.config.v1+json',
  weight: 'application/vnd.cncf.model.weight.v1.raw',
  weightConfig: 'application/vnd.cncf.model.weight.config.v1.raw',
  doc: 'application/vnd.cncf.model.doc.v1.raw',
  code: 'application/vnd.cncf.model.code.v1.raw',
  dataset: 'application/vnd.cncf.model.dataset.v1.raw',
} as const;

/**
 * Annotation on a layer: the file's path inside the package.
 * @public
 */
export const FILEPATH_ANNOTATION = 'org.cncf.model.filepath';
