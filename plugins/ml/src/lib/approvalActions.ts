import type { Approval } from '@ml-platform/plugin-ml-common';
import { texts } from '../texts';
import { type ActionState, firstReason, rightReason } from './actions';

/** What can be done with a request. */
export const DECISIONS = ['approve', 'deny', 'withdraw'] as const;

/** @internal */
export type Decision = (typeof DECISIONS)[number];

/** Who looks at a request; `undefined` until the backend has answered. */
export interface Onlooker {
  /** As the backend calls the user. */
  identity?: string;
  mayDecide?: boolean;
}

/**
 * Decides what an onlooker can do with a request: nobody decides on what they
 * asked for themselves, and nobody else takes it back.
 */
export function approvalActions(
  approval: Pick<Approval, 'state' | 'requestedBy' | 'decidedBy'>,
  me: Onlooker,
): Record<Decision, ActionState> {
  const say = texts.approvals;
  const isOwn = approval.requestedBy === me.identity;
  const common = [
    approval.state !== 'pending' && say.over(approval.state),
    me.identity === undefined && texts.actions.checkingRights,
  ];
  const decide = firstReason(
    ...common,
    isOwn && say.own,
    rightReason(me.mayDecide, say.mayNotDecide),
  );
  return {
    approve: decide,
    deny: decide,
    withdraw: firstReason(...common, !isOwn && say.notOwn),
  };
}
