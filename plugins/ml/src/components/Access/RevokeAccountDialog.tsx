import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import type { ServiceAccount } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

/** Asks once, and why, before a service account ends for good. */
export function RevokeAccountDialog(props: {
  account: ServiceAccount;
  onDone: () => void;
  onClose: () => void;
}) {
  const { onClose, onDone } = props;
  const { ref } = props.account;
  const say = texts.access.accounts;
  const [reason, setReason] = useState('');
  const request = useRequest({
    send: api => api.serviceAccounts.revoke(ref, { reason: reason.trim() }),
    done: () => say.revokedDone(ref),
    ...{ onDone, onClose },
  });
  return (
    <EffectsDialog
      title={say.revokeTitle(ref)}
      will={say.revokeWill}
      submit={say.revoke}
      action={firstReason(!reason.trim() && texts.access.noReason)}
      request={request}
      onClose={onClose}
    >
      <TextAreaField
        label={texts.access.reason}
        isRequired
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={2000}
      />
    </EffectsDialog>
  );
}
