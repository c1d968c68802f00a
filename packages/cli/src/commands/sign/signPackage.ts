import {
  modelStatement,
  PREDICATE_TYPES,
  bundleReferrer,
  type FileDigest,
  type Signer,
} from '@ml-platform/attestations';
import type { Content } from '@ml-platform/packaging';
import { referrerContent } from '../../oci/referrerContent';
import type { BuiltPackage } from '@ml-platform/packaging';

/** Signs the files of a package directory; what else lies there is named as not signed. */
export function signPackage(built: BuiltPackage, signer: Signer): Buffer {
  const { ignored, layers, model } = built;
  return signer.sign(
    modelStatement({
      name: `${model.name}@${model.version}`,
      files: packageFiles(built),
      ignoredPaths: ignored,
      allowSymlinks: layers.some(layer => layer.isLink),
    }),
  );
}

export function packageFiles({ layers }: BuiltPackage): FileDigest[] {
  return layers.map(({ digest, path }) => ({ path, digest }));
}

/** A signature, as what is attached to the manifest that it was made for. */
export function signatureContent(
  bundle: Buffer,
  subject: Pick<Content, 'manifest' | 'mediaType'>,
): Content {
  const { digest, bytes } = subject.manifest;
  return referrerContent(
    'the signature',
    bundleReferrer({
      subject: {
        mediaType: subject.mediaType,
        digest,
        size: bytes.length,
      },
      bundle,
      predicateType: PREDICATE_TYPES.modelSignature,
      createdAt: new Date(),
    }),
  );
}
