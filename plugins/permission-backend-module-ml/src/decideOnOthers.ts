import {
  AuthorizeResult,
  isResourcePermission,
  type Permission,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import type { Role } from '@ml-platform/plugin-ml-common';

const ALLOW: PolicyDecision = { result: AuthorizeResult.ALLOW };
const DENY: PolicyDecision = { result: AuthorizeResult.DENY };

/** What everybody who signed in may do, besides reading. */
const EVERYBODY = new Set([
  'catalog.entity.validate',
  'scaffolder.action.execute',
  'scaffolder.task.create',
]);

/** What those may do who make models, besides. */
const ENGINEERS = new Set([
  'catalog.entity.create',
  'catalog.location.analyze',
  'catalog.location.create',
  'scaffolder.template.dry-run',
]);

/** Reading that tells of the installation itself. */
const ADMINS_ONLY = /^(devtools|policy|catalog\.ingestion)\./;

/**
 * Defaults for the permissions of Backstage's own plugins, where a company has
 * no policy of its own: everybody reads, people see their own tasks, and only
 * platform admins change what is not theirs. What is unknown and does not read
 * is for platform admins as well.
 */
export function decideOnOthers(
  permission: Permission,
  { roles, user }: { roles: Role[]; user: string },
): PolicyDecision {
  const { attributes, name } = permission;
  if (roles.includes('platform-admin')) return ALLOW;
  if (ADMINS_ONLY.test(name)) return DENY;
  if (isResourcePermission(permission, 'scaffolder-task')) {
    return {
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'scaffolder',
      resourceType: 'scaffolder-task',
      conditions: {
        rule: 'IS_TASK_OWNER',
        resourceType: 'scaffolder-task',
        params: { createdBy: [user] },
      },
    };
  }
  if (EVERYBODY.has(name) || attributes.action === 'read') return ALLOW;
  return ENGINEERS.has(name) && roles.includes('ml-engineer') ? ALLOW : DENY;
}
