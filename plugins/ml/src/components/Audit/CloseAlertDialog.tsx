import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import type { AuditAlert } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

/** Asks what an alert was about. */
export function CloseAlertDialog(props: {
  alert: AuditAlert;
  onDone: () => void;
  onClose: () => void;
}) {
  const { alert, onClose, onDone } = props;
  const say = texts.audit;
  const [comment, setComment] = useState('');
  const request = useRequest({
    send: api => api.audit.closeAlert(alert.id, comment.trim()),
    done: () => say.alertClosed,
    onDone,
    onClose,
  });
  return (
    <EffectsDialog
      title={say.closeAlertTitle}
      will={say.closeAlertWill(alert.message)}
      willNot={say.closeAlertWillNot}
      submit={say.closeAlertTitle}
      action={
        comment.trim()
          ? { enabled: true }
          : { enabled: false, reason: say.closeAlertReason }
      }
      request={request}
      onClose={onClose}
    >
      <TextAreaField
        label={say.closeAlertComment}
        description={say.closeAlertHelp}
        value={comment}
        onChange={setComment}
        rows={2}
        maxLength={2000}
        isRequired
      />
    </EffectsDialog>
  );
}
