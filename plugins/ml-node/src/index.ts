/**
 * Interfaces and extension points for modules of the `ml` backend plugin.
 * @packageDocumentation
 */
export * from './ArtifactStore';
export * from './CertificateAuthority';
export * from './ServingTarget';
export * from './extensions';
export * from './permissions';
export { createMlClient } from './createMlClient';
