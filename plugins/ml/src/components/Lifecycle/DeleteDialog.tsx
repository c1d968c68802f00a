import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import { useRequest } from '../../hooks/useRequest';
import { firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from './EffectsDialog';
import type { LifecycleDialogProps } from './LifecycleDialog';

/** Asks for the deletion of a version, or deletes a draft. */
export function DeleteDialog(props: LifecycleDialogProps) {
  const { version, action, onDone, onClose } = props;
  const name = version.version;
  const say = texts.remove;
  const [reason, setReason] = useState('');
  const isDraft = version.state === 'draft';
  const request = useRequest({
    send: api =>
      api.versions.requestDeletion(version.model, name, {
        reason: reason.trim(),
      }),
    done: result => ('deleted' in result ? say.done(name) : say.asked(name)),
    onDone,
    onClose,
  });
  return (
    <EffectsDialog
      title={say.title(name)}
      will={[
        ...(isDraft ? say.willDraft(name) : say.will(name)),
        ...version.aliases.map(say.willAlias),
      ]}
      willNot={say.willNot(name)}
      submit={isDraft ? say.submitDraft(name) : say.submit}
      action={
        action.enabled
          ? firstReason(!reason.trim() && texts.versionActions.sayWhy)
          : action
      }
      request={request}
      onClose={onClose}
    >
      <TextAreaField
        label={say.reason}
        description={say.reasonHelp}
        value={reason}
        onChange={setReason}
        isRequired
        rows={2}
        maxLength={2000}
      />
    </EffectsDialog>
  );
}
