export { attachReferrer } from './attachReferrer';
export {
  type Blob,
  type Content,
  distinctBlobs,
  fileBlob,
  layoutBlobs,
  madeBlob,
  packageContent,
} from './Content';
export { referrersTag } from './listReferrer';
export { requestWithRetry } from './pushBlob';
export {
  pushContent,
  type PushContentOptions,
  type PushSummary,
} from './pushContent';
export type { PushProgress, PushReporter } from './PushReporter';
export { pushTarget, type PushTarget } from './pushTarget';
export type { Credentials } from './RegistryAuth';
export {
  RegistryClient,
  type RegistryClientOptions,
  registryError,
  type RegistryRequest,
  type RegistryResponse,
  type RegistryStream,
} from './RegistryClient';
export { registryUrl } from './registryUrl';
export { cacheFolder } from './UploadState';
