export { BUNDLE_MEDIA_TYPE, MAX_BUNDLE_BYTES } from './bundle/bundle';
export { preAuthEncoding } from './dsse/preAuthEncoding';
export {
  IN_TOTO_PAYLOAD_TYPE,
  isAbout,
  PREDICATE_TYPES,
  type Statement,
  STATEMENT_TYPE,
} from './intoto/statement';
export {
  CURVE_NAMES,
  type CurveName,
  fingerprintOf,
  generateKeys,
  readPrivateKey,
  readPublicKey,
  toPem,
} from './keys/keys';
export {
  BUNDLE_ANNOTATIONS,
  buildReferrer,
  bundleReferrer,
  type Referrer,
  type ReferrerBlob,
} from './oci/referrer';
export {
  compareFiles,
  expectSameFiles,
  type FileDifference,
  FilesDifferError,
} from './oms/compareFiles';
export {
  type FileDigest,
  IGNORED_PATHS,
  modelStatement,
  readModelStatement,
} from './oms/modelSignature';
export { verifyModelSignature } from './oms/verifyModelSignature';
export { PROOF_PROBLEMS, ProofError, type ProofProblem } from './ProofError';
export { createSigner, type Signer, type SignerOptions } from './Signer';
export {
  peekBundle,
  type SignedBy,
  type Trust,
  type VerifiedStatement,
  verifyBundle,
} from './verifyBundle';
export { readCertificates } from './x509/readCertificates';
