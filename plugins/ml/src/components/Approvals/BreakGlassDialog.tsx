import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import type { Approval } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

const SHORTEST_REASON = 10;

/** Asks once, and why, before something is done without a second person. */
export function BreakGlassDialog(props: {
  approval: Approval;
  onDone: () => void;
  onClose: () => void;
}) {
  const { approval, onClose, onDone } = props;
  const say = texts.approvals.breakGlass;
  const subject = texts.approvals.subject(approval);
  const [reason, setReason] = useState('');
  const request = useRequest({
    send: api =>
      api.approvals.breakGlass(approval.id, { reason: reason.trim() }),
    done: () => say.done(subject),
    ...{ onDone, onClose },
  });
  return (
    <EffectsDialog
      title={texts.approvals.question(say.label, subject)}
      will={[...approval.consequences, ...say.will]}
      submit={say.label}
      action={firstReason(
        reason.trim().length < SHORTEST_REASON && say.noReason,
      )}
      request={request}
      onClose={onClose}
    >
      <TextAreaField
        label={say.reason}
        isRequired
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={2000}
      />
    </EffectsDialog>
  );
}
