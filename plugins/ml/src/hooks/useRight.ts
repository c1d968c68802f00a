import { usePermission } from '@backstage/plugin-permission-react';
import type { mlVersionManagePermission } from '@ml-platform/plugin-ml-common';

/** Any permission that is decided by model. */
type ModelPermission = typeof mlVersionManagePermission;

/** Whether the user may do it to the model; undefined until that is known. */
export function useRight(
  permission: ModelPermission,
  model: string,
): boolean | undefined {
  const { allowed, error, loading } = usePermission({
    permission,
    resourceRef: model,
  });
  // What cannot be asked here is decided by the backend when the button is pressed.
  if (error) return true;
  return loading ? undefined : allowed;
}
