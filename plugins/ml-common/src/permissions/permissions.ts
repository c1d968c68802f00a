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

/** Read blobs and manifests of a model from the artifact store. @public */
export const mlArtifactPullPermission = createPermission({
  name: 'ml.artifact.pull',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Write blobs and manifests of a model to the artifact store. @public */
export const mlArtifactPushPermission = createPermission({
  name: 'ml.artifact.push',
  attributes: { action: 'create' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Delete blobs, tags and manifests of a model from the artifact store. @public */
export const mlArtifactDeletePermission = createPermission({
  name: 'ml.artifact.delete',
  attributes: { action: 'delete' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Send a request to a model from the portal, to try it. @public */
export const mlPredictionTryPermission = createPermission({
  name: 'ml.prediction.try',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** Give others access to a model, and take it away again. @public */
export const mlGrantManagePermission = createPermission({
  name: 'ml.grant.manage',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_ML_MODEL,
});

/** See who may do what: all grants, roles and approvals, and their use. @public */
export const mlAccessReviewPermission = createPermission({
  name: 'ml.access.review',
  attributes: { action: 'read' },
});

/** See the policies of the platform, and their history. @public */
export const mlPolicyReadPermission = createPermission({
  name: 'ml.policy.read',
  attributes: { action: 'read' },
});

/** Ask for a change of a policy; a second person decides. @public */
export const mlPolicyProposePermission = createPermission({
  name: 'ml.policy.propose',
  attributes: { action: 'update' },
});

/** Read the audit log. @public */
export const mlAuditReadPermission = createPermission({
  name: 'ml.audit.read',
  attributes: { action: 'read' },
});

/**
 * Look after the audit log: legal holds, disposal after its time, alerts. A
 * second person decides where something is lost for good. @public
 */
export const mlAuditManagePermission = createPermission({
  name: 'ml.audit.manage',
  attributes: { action: 'update' },
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
  mlPredictionTryPermission,
  mlGrantManagePermission,
  mlAccessReviewPermission,
  mlPolicyReadPermission,
  mlPolicyProposePermission,
  mlAuditReadPermission,
  mlAuditManagePermission,
  mlWebhookManagePermission,
  mlGitopsReadPermission,
  mlGitopsPushPermission,
  mlServiceAccountManagePermission,
  mlServiceAccountAdministerPermission,
];
