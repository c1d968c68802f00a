import type { Permission } from '@backstage/plugin-permission-common';
import type { GrantCapability } from '../governance/grants';
import {
  mlAccessReviewPermission,
  mlApprovalBreakGlassPermission,
  mlApprovalDecidePermission,
  mlApprovalDecidePlatformPermission,
  mlArtifactDeletePermission,
  mlArtifactPullPermission,
  mlArtifactPushPermission,
  mlAuditManagePermission,
  mlAuditReadPermission,
  mlGitopsPushPermission,
  mlGitopsReadPermission,
  mlGrantManagePermission,
  mlModelCreatePermission,
  mlModelReadPermission,
  mlPolicyProposePermission,
  mlPolicyReadPermission,
  mlPredictionTryPermission,
  mlReleaseOverridePermission,
  mlReleaseProductionPermission,
  mlReleaseRollbackPermission,
  mlReleaseStagingPermission,
  mlServiceAccountAdministerPermission,
  mlServiceAccountManagePermission,
  mlVersionDeletePermission,
  mlVersionManagePermission,
  mlVersionRegisterPermission,
  mlWebhookManagePermission,
} from '../permissions/permissions';
import { type Role, ROLES } from './policies';

/**
 * How far a role reaches: not at all; models that one's own teams own; these
 * and the ones that were granted; everything.
 * @public
 */
export type Reach = 'none' | 'own' | 'granted' | 'all';

/** @public */
export interface RoleTableRow {
  permission: string;
  reach: Record<Role, Reach>;
  /** What a grant must at least hold, where a role reaches what was granted. */
  capability: GrantCapability;
}

const REACHES: Reach[] = ['none', 'own', 'granted', 'all'];

type Row = [Permission, Reach, Reach, Reach, Reach, GrantCapability?];

// prettier-ignore
const rows: Row[] = [
  //                                ml-viewer  ml-engineer  platform-admin  data-access-auditor
  [mlModelReadPermission,           'granted', 'granted',   'all',          'none'],
  [mlModelCreatePermission,         'none',    'all',       'all',          'none'],
  [mlVersionRegisterPermission,     'none',    'own',       'all',          'none'],
  [mlVersionManagePermission,       'none',    'own',       'all',          'none'],
  [mlVersionDeletePermission,       'none',    'own',       'all',          'none'],
  [mlApprovalDecidePermission,      'none',    'own',       'all',          'none'],
  [mlApprovalDecidePlatformPermission, 'none', 'none',      'all',          'none'],
  [mlApprovalBreakGlassPermission,  'none',    'none',      'all',          'none'],
  [mlReleaseStagingPermission,      'none',    'granted',   'all',          'none', 'operate'],
  [mlReleaseProductionPermission,   'none',    'granted',   'all',          'none', 'operate'],
  [mlReleaseRollbackPermission,     'none',    'granted',   'all',          'none', 'operate'],
  [mlReleaseOverridePermission,     'none',    'none',      'all',          'none'],
  [mlPredictionTryPermission,       'granted', 'granted',   'all',          'none'],
  [mlArtifactPullPermission,        'none',    'granted',   'all',          'none'],
  [mlArtifactPushPermission,        'none',    'own',       'all',          'none'],
  [mlArtifactDeletePermission,      'none',    'none',      'all',          'none'],
  [mlGitopsReadPermission,          'none',    'none',      'all',          'none'],
  [mlGitopsPushPermission,          'none',    'none',      'all',          'none'],
  [mlGrantManagePermission,         'none',    'own',       'all',          'none'],
  [mlServiceAccountManagePermission, 'none',   'all',       'all',          'none'],
  [mlServiceAccountAdministerPermission, 'none', 'none',    'all',          'none'],
  [mlAccessReviewPermission,        'none',    'none',      'all',          'all'],
  [mlPolicyReadPermission,          'none',    'all',       'all',          'all'],
  [mlPolicyProposePermission,       'none',    'none',      'all',          'none'],
  [mlAuditReadPermission,           'none',    'none',      'all',          'all'],
  [mlAuditManagePermission,         'none',    'none',      'none',         'all'],
  [mlWebhookManagePermission,       'none',    'none',      'all',          'none'],
];

/**
 * What each role may do: the one place that says so. A permission that is not
 * here is denied to everybody.
 * @public
 */
export const ROLE_TABLE: RoleTableRow[] = rows.map(
  ([permission, viewer, engineer, admin, auditor, capability]) => ({
    permission: permission.name,
    reach: {
      'ml-viewer': viewer,
      'ml-engineer': engineer,
      'platform-admin': admin,
      'data-access-auditor': auditor,
    },
    capability: capability ?? 'read',
  }),
);

const byName = new Map(ROLE_TABLE.map(row => [row.permission, row]));

/**
 * How far somebody with these roles reaches: as far as the best of them.
 * Undefined for a permission that the table does not know.
 * @public
 */
export function reachOf(
  permission: string,
  roles: Role[],
): { reach: Reach; capability: GrantCapability } | undefined {
  const row = byName.get(permission);
  if (!row) return undefined;
  const furthest = Math.max(
    0,
    ...roles.map(role => REACHES.indexOf(row.reach[role])),
  );
  return { reach: REACHES[furthest], capability: row.capability };
}

/** The roles of somebody by the entity references that stand for them. @public */
export function rolesOf(
  members: Record<Role, string[]>,
  claims: string[],
): Role[] {
  return ROLES.filter(role => members[role].some(ref => claims.includes(ref)));
}
