import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import type { Approval, ReviewVerdict } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import type { ActionState } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

/** Says what a second person thinks of what somebody did alone. */
export function ReviewDialog(props: {
  approval: Approval;
  verdict: ReviewVerdict;
  action: ActionState;
  onDone: () => void;
  onClose: () => void;
}) {
  const { action, approval, onClose, onDone, verdict } = props;
  const { breakGlass: say, ...all } = texts.approvals;
  const subject = all.subject(approval);
  const [comment, setComment] = useState('');
  const request = useRequest({
    send: api =>
      api.approvals.review(approval.id, {
        verdict,
        comment: comment.trim() || undefined,
      }),
    done: () => say.reviewed(subject),
    ...{ onDone, onClose },
  });
  return (
    <EffectsDialog
      title={all.question(say.verdict[verdict], subject)}
      will={say.reviewWill}
      submit={say.verdict[verdict]}
      action={action}
      request={request}
      onClose={onClose}
    >
      <TextAreaField
        label={all.comment}
        description={all.commentHelp}
        value={comment}
        onChange={setComment}
        rows={2}
        maxLength={2000}
      />
    </EffectsDialog>
  );
}
