import { usePermission } from '@backstage/plugin-permission-react';
import {
  type Approval,
  type ApprovalKindInfo,
  mlApprovalDecidePermission,
  mlApprovalDecidePlatformPermission,
} from '@ml-platform/plugin-ml-common';

/** Whether the user may decide on a request; undefined until that is known. */
export function useApprovalRight(
  approval: Pick<Approval, 'model'>,
  kind: Pick<ApprovalKindInfo, 'perModel'> | undefined,
): boolean | undefined {
  const byModel = usePermission({
    permission: mlApprovalDecidePermission,
    resourceRef: approval.model,
  });
  const byPlatform = usePermission({
    permission: mlApprovalDecidePlatformPermission,
  });
  const { allowed, error, loading } =
    kind?.perModel ?? approval.model !== undefined ? byModel : byPlatform;
  // What cannot be asked here is decided by the backend when the button is pressed.
  if (error) return true;
  return loading ? undefined : allowed;
}
