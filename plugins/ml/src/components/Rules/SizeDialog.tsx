import { useState } from 'react';
import { TextAreaField, TextField } from '@backstage/ui';
import { parseByteSize } from '@ml-platform/plugin-ml-common';
import { useNow } from '../../hooks/useNow';
import { useRequest } from '../../hooks/useRequest';
import { type ActionState, firstReason } from '../../lib/actions';
import { isoDayInWeeks } from '../../lib/time';
import { texts } from '../../texts';
import { DayField, EffectsDialog } from '../Lifecycle';

/** Asks a second person for larger artifacts of a model. */
export function SizeDialog(props: {
  model: string;
  action: ActionState;
  onDone: () => void;
  onClose: () => void;
}) {
  const { model, action, onDone, onClose } = props;
  const say = texts.rules.limits;
  const now = useNow();
  const [size, setSize] = useState('');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const maxBytes = parseByteSize(size);
  const request = useRequest({
    send: api =>
      api.limits.request(model, {
        maxBytes: maxBytes!,
        expiresAt: new Date(until).toISOString(),
        reason: reason.trim(),
      }),
    done: () => say.asked,
    onDone,
    onClose,
  });
  return (
    <EffectsDialog
      title={say.dialog}
      will={say.will(model)}
      willNot={say.willNot}
      submit={say.submit}
      action={
        action.enabled
          ? firstReason(
              !maxBytes && say.badSize,
              !until && say.noDay,
              !reason.trim() && texts.rules.sayWhy,
            )
          : action
      }
      request={request}
      onClose={onClose}
    >
      <TextField
        label={say.size}
        description={say.sizeHelp}
        isRequired
        value={size}
        onChange={setSize}
      />
      <DayField
        label={say.until}
        description={say.untilHelp}
        min={isoDayInWeeks(0, now)}
        value={until}
        onChange={setUntil}
      />
      <TextAreaField
        label={say.reason}
        description={say.reasonHelp}
        isRequired
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={2000}
      />
    </EffectsDialog>
  );
}
