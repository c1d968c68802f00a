import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { ArtifactStore } from './ArtifactStore';
import type { CertificateAuthority } from './CertificateAuthority';
import type { ServingTarget } from './ServingTarget';

/** @public */
export interface MlServingExtensionPoint {
  /** Replaces the embedded inference server. May be called once. */
  setServingTarget(target: ServingTarget): void;
}

/** @public */
export const mlServingExtensionPoint =
  createExtensionPoint<MlServingExtensionPoint>({ id: 'ml.serving' });

/** @public */
export interface MlArtifactsExtensionPoint {
  /** Replaces the embedded artifact store. May be called once. */
  setArtifactStore(store: ArtifactStore): void;
}

/** @public */
export const mlArtifactsExtensionPoint =
  createExtensionPoint<MlArtifactsExtensionPoint>({ id: 'ml.artifacts' });

/** @public */
export interface MlIdentityExtensionPoint {
  /** Replaces the embedded certificate authority. May be called once. */
  setCertificateAuthority(authority: CertificateAuthority): void;
}

/** @public */
export const mlIdentityExtensionPoint =
  createExtensionPoint<MlIdentityExtensionPoint>({ id: 'ml.identity' });
