import {
  mlVersionDeletePermission,
  mlVersionManagePermission,
} from '@ml-platform/plugin-ml-common';
import type { VersionRights } from '../lib/versionActions';
import { useRight } from './useRight';

/** What the signed-in user may do to the versions of a model. */
export function useVersionRights(model: string): VersionRights {
  return {
    manage: useRight(mlVersionManagePermission, model),
    remove: useRight(mlVersionDeletePermission, model),
  };
}
