import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { BatchJobService } from '../batchJobs/BatchJobService';
import type { EvaluationService } from '../evaluations/EvaluationService';
import type { ModelCreation } from '../registry/ModelCreation';
import type { RegistryService } from '../registry/RegistryService';
import type { VersionLifecycle } from '../registry/VersionLifecycle';
import type { DeploymentViews } from '../releases/DeploymentViews';
import type { ReleaseService } from '../releases/ReleaseService';

export interface ActionOptions {
  actionsRegistry: ActionsRegistryService;
  registry: RegistryService;
  creation: ModelCreation;
  lifecycle: VersionLifecycle;
  deployments: DeploymentViews;
  batchJobs: BatchJobService;
  evaluations: EvaluationService;
  releases: ReleaseService;
}
