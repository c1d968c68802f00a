import { createPermission } from '@backstage/plugin-permission-common';

/**
 * Resource type of a model, for permission rules.
 * @public
 */
export const RESOURCE_TYPE_ML_MODEL = 'ml-model';

/** See a model, its versions and its releases. @public */
export const mlModelReadPermission = createPermission({
  name: 'ml.model.read',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Create a model by registering its first version. @public */
export const mlModelCreatePermission = createPermission({
  name: 'ml.model.create',
  attributes: { action: 'create' },
});

/** Register a further version of a model. @public */
export const mlVersionRegisterPermission = createPermission({
  name: 'ml.version.register',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Publish, deprecate and un-deprecate versions, and move aliases. @public */
export const mlVersionManagePermission = createPermission({
  name: 'ml.version.manage',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Ask for the deletion of a version; a second person decides. @public */
export const mlVersionDeletePermission = createPermission({
  name: 'ml.version.delete',
  attributes: { action: 'delete' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Decide on what others asked for. @public */
export const mlApprovalDecidePermission = createPermission({
  name: 'ml.approval.decide',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Decide on what others asked for that is the platform's to give. @public */
export const mlApprovalDecidePlatformPermission = createPermission({
  name: 'ml.approval.decide.platform',
  attributes: { action: 'update' },
});

/** Do without the second person in an emergency, to be reviewed. @public */
export const mlApprovalBreakGlassPermission = createPermission({
  name: 'ml.approval.break-glass',
  attributes: { action: 'update' },
});

/** Release a version to staging. @public */
export const mlReleaseStagingPermission = createPermission({
  name: 'ml.release.staging',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Release a version to production. @public */
export const mlReleaseProductionPermission = createPermission({
  name: 'ml.release.production',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/**
 * Ask for exceptions from the rules for releases, and use those that a second
 * person approved: skip a canary, promote it by force, deploy in a freeze or
 * above a quota.
 * @public
 */
export const mlReleaseOverridePermission = createPermission({
  name: 'ml.release.override',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Roll a deployment back. @public */
export const mlReleaseRollbackPermission = createPermission({
  name: 'ml.release.rollback',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Read blobs and manifests from the artifact store. @public */
export const mlArtifactPullPermission = createPermission({
  name: 'ml.artifact.pull',
  attributes: { action: 'read' },
});

/** Write blobs and manifests to the artifact store. @public */
export const mlArtifactPushPermission = createPermission({
  name: 'ml.artifact.push',
  attributes: { action: 'create' },
});

/** Delete blobs, tags and manifests from the artifact store. @public */
export const mlArtifactDeletePermission = createPermission({
  name: 'ml.artifact.delete',
  attributes: { action: 'delete' },
});

/** Read the audit log. @public */
export const mlAuditReadPermission = createPermission({
  name: 'ml.audit.read',
  attributes: { action: 'read' },
});

/** Create, list, replay and remove webhooks, which tell of every model. @public */
export const mlWebhookManagePermission = createPermission({
  name: 'ml.webhook.manage',
  attributes: { action: 'update' },
});

/** Read the repository of desired state, which names every deployment. @public */
export const mlGitopsReadPermission = createPermission({
  name: 'ml.gitops.read',
  attributes: { action: 'read' },
});

/**
 * Push to the repository of desired state; each file needs the permission to
 * release that model there as well. @public
 */
export const mlGitopsPushPermission = createPermission({
  name: 'ml.gitops.push',
  attributes: { action: 'update' },
});

/** Create service accounts for one's teams, and end them. @public */
export const mlServiceAccountManagePermission = createPermission({
  name: 'ml.service-account.manage',
  attributes: { action: 'update' },
});

/** See and end the service accounts of all teams. @public */
export const mlServiceAccountAdministerPermission = createPermission({
  name: 'ml.service-account.administer',
  attributes: { action: 'update' },
});

/** All permissions of the plugin. @public */
export const mlPermissions = [
  mlModelReadPermission,
  mlModelCreatePermission,
  mlVersionRegisterPermission,
  mlVersionManagePermission,
  mlVersionDeletePermission,
  mlApprovalDecidePermission,
  mlApprovalDecidePlatformPermission,
  mlApprovalBreakGlassPermission,
  mlReleaseStagingPermission,
  mlReleaseProductionPermission,
  mlReleaseRollbackPermission,
  mlReleaseOverridePermission,
  mlArtifactPullPermission,
  mlArtifactPushPermission,
  mlArtifactDeletePermission,
  mlAuditReadPermission,
  mlWebhookManagePermission,
  mlGitopsReadPermission,
  mlGitopsPushPermission,
  mlServiceAccountManagePermission,
  mlServiceAccountAdministerPermission,
];
