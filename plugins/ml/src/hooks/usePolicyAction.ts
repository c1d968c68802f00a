import { usePermission } from '@backstage/plugin-permission-react';
import {
  mlPolicyProposePermission,
  type PolicyKey,
  type PolicyState,
} from '@ml-platform/plugin-ml-common';
import { type ActionState, firstReason, rightReason } from '../lib/actions';
import { texts } from '../texts';

/** Whether the user can ask for a change of a policy. */
export function usePolicyAction() {
  const { allowed, error, loading } = usePermission({
    permission: mlPolicyProposePermission,
  });
  // What cannot be asked here is decided by the backend when the button is pressed.
  const knownRight = loading ? undefined : allowed;
  const right = error ? true : knownRight;
  return (key: PolicyKey, { configuredOnly }: PolicyState): ActionState =>
    firstReason(
      configuredOnly.includes(key) && texts.policy.pinned,
      rightReason(right, texts.policy.mayNot),
    );
}
