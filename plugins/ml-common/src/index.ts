export * from './bom/toCycloneDx';
export * from './bom/uuidOfDigest';
export * from './interface/compatibility';
export * from './interface/callSamples';
export * from './interface/exampleRequest';
export * from './interface/tensors';
export * from './onnx';
export { type Batching, batchingSchema } from './package/batching';
export * from './package/card';
export * from './package/checkDocument';
export * from './package/checkSample';
export * from './package/checkArtifact';
export * from './package/checkMlserver';
export * from './package/checkRequirements';
export {
  containerSchema,
  type Format,
  FORMATS,
  MLSERVER_RUNTIMES,
  type MlserverRuntime,
  mlserverSchema,
} from './package/formats';
export * from './package/issues';
export * from './package/layout';
export * from './package/lineage';
export * from './package/modelFile';
export * from './package/monitoring';
export * from './package/names';
export * from './package/resources';
export * from './package/placeholders';
export * from './package/suite';
export * from './evaluation/report';
export * from './evaluation/types';
export * from './lineage/types';
export * from './delta/ContentChunker';
export * from './delta/instructions';
export * from './delta/listChunks';
export * from './oci/manifest';
export * from './oci/mediaTypes';
export * from './oci/parseChallenge';
export * from './pickle';
export * from './registry/aliases';
export * from './registry/compareVersions';
export * from './registry/newModel';
export * from './registry/search';
export * from './registry/types';
export * from './governance/approvals';
export * from './governance/byteSize';
export * from './governance/limits';
export * from './governance/refusals';
export * from './proof/types';
export * from './governance/retention';
export * from './judge';
export * from './gitops/deploymentFile';
export * from './gitops/types';
export * from './releases/types';
export * from './serving/controlApi';
export * from './serving/experiment';
export * from './serving/rollout';
export * from './serving/traffic';
export * from './permissions/permissions';
export * from './policy/policies';
export * from './client/LimitsClient';
export * from './audit/types';
export * from './client/ApprovalsClient';
export * from './client/AuditClient';
export * from './client/LineageClient';
export * from './client/ProofsClient';
export * from './client/EvaluationsClient';
export * from './client/ExperimentsClient';
export * from './client/GitopsClient';
export * from './client/MlClient';
export * from './client/PredictionsClient';
export * from './client/RegistryClients';
export * from './client/RetentionClient';
export * from './client/WebhooksClient';
export type { MlClientOptions } from './client/MlTransport';
export * from './webhooks/types';
export * from './catalog/ModelEntityV1alpha1';
