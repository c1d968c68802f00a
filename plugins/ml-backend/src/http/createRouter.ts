import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type { PlatformInfo } from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type express from 'express';
import Router from 'express-promise-router';
import type { AccessService } from '../access/AccessService';
import type { AccessReviewService } from '../access/review/AccessReviewService';
import { createAccessReviewRouter } from '../access/review/router';
import { createAccessRouter } from '../access/router';
import { createAliasesRouter } from '../aliases/router';
import type { AliasService } from '../aliases/AliasService';
import { createApprovalsRouter } from '../approvals/router';
import type { ApprovalService } from '../approvals/ApprovalService';
import { createAuditRouter } from '../audit/router';
import type { AuditService } from '../audit/AuditService';
import { createSegmentsRouter } from '../audit/segments/router';
import type { SegmentService } from '../audit/segments/SegmentService';
import type { BatchJobService } from '../batchJobs/BatchJobService';
import { createBatchJobsRouter } from '../batchJobs/router';
import type { EvaluationService } from '../evaluations/EvaluationService';
import { createEvaluationsRouter } from '../evaluations/router';
import type { ExperimentService } from '../experiments/ExperimentService';
import { createExperimentsRouter } from '../experiments/router';
import type { GitopsService } from '../gitops/GitopsService';
import { createGitopsRouter } from '../gitops/router';
import type { GrantService } from '../grants/GrantService';
import { createGrantsRouter } from '../grants/router';
import type { LineageService } from '../lineage/LineageService';
import { createLimitsRouter } from '../limits/router';
import type { SizeExceptionService } from '../limits/SizeExceptionService';
import { createLineageRouter } from '../lineage/router';
import type { PolicyService } from '../policy/PolicyService';
import type { PolicySettings } from '../policy/PolicySettings';
import { createPolicyRouter } from '../policy/router';
import type { PredictionService } from '../predictions/PredictionService';
import { createPredictionsRouter } from '../predictions/router';
import type { ProofService } from '../proof/ProofService';
import { createProofsRouter } from '../proof/router';
import type { RegistryService } from '../registry/RegistryService';
import { createFilesRouter } from '../registry/filesRouter';
import { createLifecycleRouter } from '../registry/lifecycleRouter';
import type { VersionDeletion } from '../registry/VersionDeletion';
import type { VersionFiles } from '../registry/VersionFiles';
import type { VersionLifecycle } from '../registry/VersionLifecycle';
import type { ModelCreation } from '../registry/ModelCreation';
import { createModelCreationRouter } from '../registry/modelCreationRouter';
import { createRegistryRouter } from '../registry/router';
import type { DeploymentViews } from '../releases/DeploymentViews';
import type { ReleaseService } from '../releases/ReleaseService';
import { createReleasesRouter } from '../releases/router';
import type { ReleaseExceptions } from '../releases/admission/ReleaseExceptions';
import type { ReleaseInsights } from '../releases/ReleaseInsights';
import type { RolloutSteering } from '../releases/RolloutSteering';
import type { Undeployment } from '../releases/Undeployment';
import type { RetentionService } from '../retention/RetentionService';
import { createRetentionRouter } from '../retention/router';
import { createWebhooksRouter } from '../webhooks/router';
import { createServiceAccountsRouter } from '../serviceAccounts/router';
import type { ServiceAccountService } from '../serviceAccounts/ServiceAccountService';
import type { TokenExchange } from '../serviceAccounts/TokenExchange';
import type { WebhookService } from '../webhooks/WebhookService';
import { type RequestContext, toContext } from './requestContext';
import { createWhoamiRouter } from './whoamiRouter';

export interface RouterOptions {
  registry: RegistryService;
  creation: ModelCreation;
  files: VersionFiles;
  lifecycle: VersionLifecycle;
  deletion: VersionDeletion;
  aliases: AliasService;
  approvals: ApprovalService;
  serviceAccounts: ServiceAccountService;
  tokenExchange: TokenExchange;
  limits: SizeExceptionService;
  grants: GrantService;
  access: AccessService;
  accessReview: AccessReviewService;
  policy: PolicyService;
  retention: RetentionService;
  evaluations: EvaluationService;
  batchJobs: BatchJobService;
  experiments: ExperimentService;
  releases: ReleaseService;
  undeployment: Undeployment;
  steering: RolloutSteering;
  insights: ReleaseInsights;
  exceptions: ReleaseExceptions;
  deployments: DeploymentViews;
  gitops?: GitopsService;
  webhooks: WebhookService;
  lineage: LineageService;
  proofs: ProofService;
  predictions: PredictionService;
  grpcGateways?: PlatformInfo['grpcGateways'];
  /** Namespace of OpenLineage events. */
  namespace: string;
  auditService: AuditService;
  segments: SegmentService;
  target: ServingTarget;
  httpAuth: HttpAuthService;
  policies: PolicySettings;
  getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
  /** Version of this plugin. */
  version: string;
  /** Whether the portal has a key for gateways that ask who calls. */
  gatewaysAskForKey: boolean;
  registryHost: string;
  externalRegistry?: PlatformInfo['externalRegistry'];
}

/** The REST API under `/api/ml`. */
export function createRouter(options: RouterOptions): express.Router {
  const { externalRegistry, httpAuth, registryHost, target, version } = options;
  const v1 = Router();

  v1.get('/info', async (request, response) => {
    const { actor } = await toContext(request, httpAuth);
    response.json({
      version,
      gateways: {
        staging: target.getGatewayUrl('staging'),
        production: target.getGatewayUrl('production'),
      },
      grpcGateways: options.grpcGateways,
      gatewaysAskForKey: options.gatewaysAskForKey,
      registry: registryHost,
      externalRegistry,
      identity: actor,
    } satisfies PlatformInfo);
  });
  v1.use(createWhoamiRouter(options));
  v1.use(createRegistryRouter(options));
  v1.use(createModelCreationRouter(options));
  v1.use(createFilesRouter(options));
  v1.use(createLifecycleRouter(options));
  v1.use(createAliasesRouter(options));
  v1.use(createApprovalsRouter(options));
  v1.use(createServiceAccountsRouter(options));
  v1.use(createLimitsRouter(options));
  v1.use(createGrantsRouter(options));
  v1.use(createAccessRouter(options));
  v1.use(createAccessReviewRouter(options));
  v1.use(createPolicyRouter(options));
  v1.use(createRetentionRouter(options));
  v1.use(createReleasesRouter(options));
  v1.use(createEvaluationsRouter(options));
  v1.use(createBatchJobsRouter(options));
  v1.use(createExperimentsRouter(options));
  v1.use(createGitopsRouter(options));
  v1.use(createAuditRouter(options));
  v1.use(createSegmentsRouter(options));
  v1.use(createWebhooksRouter(options));
  v1.use(createLineageRouter(options));
  v1.use(createProofsRouter(options));
  v1.use(createPredictionsRouter(options));

  const router = Router();
  router.get('/health', async (_request, response) => {
    const { health: audit } = await options.auditService.health();
    response.json({ status: 'ok', audit });
  });
  router.use('/v1', v1);
  return router;
}
