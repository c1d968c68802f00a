/** Docker's names of what OCI has standardized since; registries still hold many. */
export const DOCKER_TYPES = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  list: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';

const LAYERS: Record<string, string> = {
  'application/vnd.docker.image.rootfs.diff.tar': OCI_LAYER,
  'application/vnd.docker.image.rootfs.diff.tar.gzip': `${OCI_LAYER}+gzip`,
  'application/vnd.docker.image.rootfs.diff.tar.zstd': `${OCI_LAYER}+zstd`,
};

/** OCI's name of a layer's type; undefined for what is no layer of an image. */
export function ociLayerType(mediaType: string): string | undefined {
  if (mediaType.startsWith(OCI_LAYER)) return mediaType;
  return LAYERS[mediaType];
}
