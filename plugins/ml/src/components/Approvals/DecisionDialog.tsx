import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import type { Approval } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import type { ActionState } from '../../lib/actions';
import type { Decision } from '../../lib/approvalActions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

/** Asks once before a request is decided on. */
export function DecisionDialog(props: {
  approval: Approval;
  decision: Decision;
  action: ActionState;
  onDone: () => void;
  onClose: () => void;
}) {
  const { approval, decision, action, onDone, onClose } = props;
  const say = texts.approvals;
  const subject = say.subject(approval);
  const [comment, setComment] = useState('');
  const request = useRequest({
    send: api =>
      api.approvals.decide(approval.id, decision, {
        comment: comment.trim() || undefined,
      }),
    done: decided => say.done(decided.state, subject),
    onDone,
    onClose,
  });
  return (
    <EffectsDialog
      title={say.question(say.decision[decision], subject)}
      will={say.will(decision, approval)}
      willNot={decision === 'approve' ? say.willNot : undefined}
      submit={say.decision[decision]}
      action={action}
      request={request}
      onClose={onClose}
    >
      <TextAreaField
        label={say.comment}
        description={say.commentHelp}
        value={comment}
        onChange={setComment}
        rows={2}
        maxLength={2000}
      />
    </EffectsDialog>
  );
}
