import { ConflictError } from '@backstage/errors';
import { SERVED_FORMATS, type Version } from '@ml-platform/plugin-ml-common';

/** Refuses a version whose format nothing here can serve, before a release of it exists. */
export function checkServed({
  model,
  version,
  format,
}: Pick<Version, 'model' | 'version' | 'format'>): void {
  if (SERVED_FORMATS.includes(format)) return;
  throw new ConflictError(
    `${model}@${version} has the format '${format}', and this release of the platform serves ${SERVED_FORMATS.join(
      ', ',
    )} only. It stays registered and can be pulled; to deploy it, export the model to ONNX and register that as another version`,
  );
}
