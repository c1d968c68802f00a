import {
  type Capability,
  type Environment,
  FOREIGN_CAPABILITIES,
  mlArtifactPullPermission,
  mlArtifactPushPermission,
  mlModelReadPermission,
  mlReleaseProductionPermission,
  mlReleaseRollbackPermission,
  mlReleaseStagingPermission,
  mlVersionManagePermission,
  mlVersionRegisterPermission,
} from '@ml-platform/plugin-ml-common';

/** What a service account that asks may do, as its token says. */
export interface AccountIdentity {
  /** `service-account:<team>/<name>` */
  ref: string;
  /** Entity reference of the person who answers for it. */
  owner: string;
  /** Entity reference of its team. */
  group: string;
  capabilities: readonly string[];
  models: readonly string[];
  environments: readonly string[];
}

const PERMISSIONS: Record<Capability, readonly { name: string }[]> = {
  read: [],
  predict: [],
  pull: [mlArtifactPullPermission],
  register: [
    mlVersionRegisterPermission,
    mlArtifactPullPermission,
    mlArtifactPushPermission,
  ],
  manage: [mlVersionManagePermission],
  'deploy:staging': [mlReleaseStagingPermission],
  'deploy:production': [mlReleaseProductionPermission],
  rollback: [mlReleaseRollbackPermission],
};

/**
 * Whether an account may do what takes the permission. Backstage's policy lets
 * every program through, so it is not asked: what is not in this table is
 * denied, and so is everything that is not about a model of the account's.
 */
export function accountMay(
  account: AccountIdentity,
  permission: string,
  model: { name: string; owner?: string } | undefined,
): boolean {
  if (!model || !account.models.includes(model.name)) return false;
  if (permission === mlModelReadPermission.name) return true;
  return (Object.keys(PERMISSIONS) as Capability[]).some(
    capability =>
      account.capabilities.includes(capability) &&
      PERMISSIONS[capability].some(({ name }) => name === permission) &&
      // A model that went to another team is that team's alone to change.
      (FOREIGN_CAPABILITIES.includes(capability) ||
        model.owner === undefined ||
        model.owner === account.group),
  );
}

/** Whether an account may ask a model for predictions. */
export function accountMayPredict(
  account: AccountIdentity,
  { environment, model }: { model: string; environment?: Environment },
): boolean {
  return (
    account.capabilities.includes('predict') &&
    account.models.includes(model) &&
    (environment === undefined || account.environments.includes(environment))
  );
}
