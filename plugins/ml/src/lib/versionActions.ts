import type { Deployment, Version } from '@ml-platform/plugin-ml-common';
import { texts } from '../texts';
import { type ActionState, firstReason, rightReason } from './actions';

/** What the caller may do; `undefined` until the backend has answered. */
export interface VersionRights {
  manage?: boolean;
  remove?: boolean;
}

/** Steps in the life of a version. */
export const VERSION_ACTIONS = [
  'publish',
  'deprecate',
  'undeprecate',
  'remove',
] as const;

/** @internal */
export type VersionAction = (typeof VERSION_ACTIONS)[number];

/**
 * Decides which steps a version can take. Table, menu and dialogs all ask here.
 * The backend knows more, such as pinned callers, and may still refuse.
 */
export function versionActions(options: {
  version: Pick<Version, 'version' | 'state'>;
  deployments: Deployment[];
  rights: VersionRights;
}): Record<VersionAction, ActionState> {
  const { version, deployments, rights } = options;
  const { state, version: name } = version;
  const say = texts.versionActions;
  const manage = rightReason(rights.manage, say.mayNotManage);
  const gone = state === 'deleted' && texts.actions.deleted(name);
  return {
    publish: firstReason(
      manage,
      gone,
      state !== 'draft' && say.notADraft(name),
    ),
    deprecate: firstReason(
      manage,
      gone,
      state === 'draft' && say.draftNeedsNoNotice(name),
    ),
    undeprecate: firstReason(
      manage,
      gone,
      state !== 'deprecated' && say.notDeprecated(name),
    ),
    remove: firstReason(
      rightReason(rights.remove, say.mayNotDelete),
      gone,
      ...deployments.map(deployment => useOf(name, deployment)),
    ),
  };
}

function useOf(name: string, deployment: Deployment): string | false {
  const { activeRelease, environment, rollbackVersion } = deployment;
  const say = texts.versionActions;
  if (deployment.version === name) return say.isLive(name, environment);
  if (activeRelease?.version === name) return texts.actions.busy(activeRelease);
  return rollbackVersion === name && say.isKept(name, environment);
}
