import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { RegistryService } from '../registry/RegistryService';
import type { DeploymentViews } from '../releases/DeploymentViews';
import type { ReleaseService } from '../releases/ReleaseService';

export interface ActionOptions {
  actionsRegistry: ActionsRegistryService;
  registry: RegistryService;
  deployments: DeploymentViews;
  releases: ReleaseService;
}
