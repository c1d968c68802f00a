import { useState } from 'react';
import { Flex, Text } from '@backstage/ui';
import { usePermission } from '@backstage/plugin-permission-react';
import {
  type Approval,
  type ApprovalKindInfo,
  mlApprovalBreakGlassPermission,
  type ReviewVerdict,
  REVIEW_VERDICTS,
} from '@ml-platform/plugin-ml-common';
import { ENABLED, firstReason, rightReason } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton, Actor, RelativeTime } from '../shared';
import { BreakGlassDialog } from './BreakGlassDialog';
import { ReviewDialog } from './ReviewDialog';

/** The way around the second person, and what one says of it afterwards. */
export function BreakGlass(props: {
  approval: Approval;
  kind: ApprovalKindInfo | undefined;
  identity: string;
  mayDecide: boolean | undefined;
  onDone: () => void;
}) {
  const { approval, identity, kind, mayDecide, onDone } = props;
  const say = texts.approvals.breakGlass;
  const subject = texts.approvals.subject(approval);
  const { allowed: mayBreak } = usePermission({
    permission: mlApprovalBreakGlassPermission,
  });
  const [breaking, setBreaking] = useState(false);
  const [verdict, setVerdict] = useState<ReviewVerdict>();
  const { breakGlass, state } = approval;
  if (state === 'pending') {
    // It is no choice among others: who cannot break it does not see it.
    if (!mayBreak || !kind?.breakGlass) return null;
    return (
      <>
        <div>
          <ActionButton
            action={ENABLED}
            label={say.label}
            description={texts.approvals.describe(say.label, subject)}
            variant="tertiary"
            onPress={() => setBreaking(true)}
          />
        </div>
        {breaking && (
          <BreakGlassDialog
            approval={approval}
            onDone={onDone}
            onClose={() => setBreaking(false)}
          />
        )}
      </>
    );
  }
  if (!breakGlass) return null;
  const { by, reason, review } = breakGlass;
  const action = firstReason(
    [by, approval.requestedBy].includes(identity) && say.own,
    rightReason(mayDecide, texts.approvals.mayNotDecide),
  );
  return (
    <>
      <Text as="p" variant="body-small">
        {say.alone} <Actor actor={by} />: {reason} ·{' '}
        {review ? (
          <>
            {say.verdict[review.verdict]}, {say.says}{' '}
            <Actor actor={review.by} /> <RelativeTime iso={review.at} />
            {review.comment && `: ${review.comment}`}
          </>
        ) : (
          say.open
        )}
      </Text>
      {!review && (
        <Flex gap="2">
          {REVIEW_VERDICTS.map(each => (
            <ActionButton
              key={each}
              action={action}
              label={say.verdict[each]}
              description={texts.approvals.describe(say.verdict[each], subject)}
              onPress={() => setVerdict(each)}
            />
          ))}
        </Flex>
      )}
      {verdict && (
        <ReviewDialog
          approval={approval}
          verdict={verdict}
          action={action}
          onDone={onDone}
          onClose={() => setVerdict(undefined)}
        />
      )}
    </>
  );
}
