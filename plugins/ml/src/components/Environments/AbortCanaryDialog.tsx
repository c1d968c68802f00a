import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import type { Release } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import type { ActionState } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

/** Asks once before a canary, or a release that waits, is aborted. */
export function AbortCanaryDialog(props: {
  release: Release;
  action: ActionState;
  onClose: () => void;
}) {
  const { release, action, onClose } = props;
  const [reason, setReason] = useState('');
  const request = useRequest({
    send: api =>
      api.steerRelease(release.id, 'abort', {
        reason: reason.trim() || undefined,
      }),
    done: texts.canary.done,
    onDone: () => {},
    onClose,
  });
  return (
    <EffectsDialog
      title={
        release.rollout
          ? texts.canary.abortTitle(release.version)
          : texts.waiting.abortTitle(release)
      }
      will={
        release.rollout
          ? texts.canary.abortWill(release.rollout.stable)
          : texts.waiting.abortWill
      }
      submit={texts.canary.actions.abort}
      action={action}
      request={request}
      onClose={onClose}
    >
      <TextAreaField
        label={texts.deploy.reason}
        description={texts.deploy.reasonHelp}
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={1000}
      />
    </EffectsDialog>
  );
}
