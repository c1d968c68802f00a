import {
  readCertificates,
  readPublicKey,
  type Trust,
} from '@ml-platform/attestations';
import type { TrustAnchor } from '@ml-platform/plugin-ml-common';

/** Whom the platform believes. */
export interface SignatureSettings {
  anchors: TrustAnchor[];
}

/** Those whose signatures count for the models of an owner. */
export function anchorsFor(
  { anchors }: SignatureSettings,
  owner: string,
): TrustAnchor[] {
  return anchors.filter(
    ({ owners }) => !owners.length || owners.includes(owner),
  );
}

/** Keys and certificates of trust anchors. */
export function toTrust(anchors: readonly TrustAnchor[]): Trust {
  return {
    keys: anchors
      .filter(({ kind }) => kind === 'key')
      .map(({ name, pem }) => ({ name, key: readPublicKey(pem) })),
    certificates: anchors
      .filter(({ kind }) => kind === 'certificate')
      .flatMap(({ name, pem }) =>
        readCertificates(pem).map(certificate => ({ name, certificate })),
      ),
  };
}
