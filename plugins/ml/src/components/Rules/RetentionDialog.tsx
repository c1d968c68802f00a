import { useState } from 'react';
import { TextField } from '@backstage/ui';
import type { RetentionRule } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { type ActionState, firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

const isCount = (text: string) => /^[1-9]\d{0,4}$/.test(text.trim());

/** Asks which versions of a model stay. */
export function RetentionDialog(props: {
  model: string;
  rule: RetentionRule | undefined;
  action: ActionState;
  onDone: () => void;
  onClose: () => void;
}) {
  const { model, rule, action, onDone, onClose } = props;
  const say = texts.rules.retention;
  const [newest, setNewest] = useState(String(rule?.keepNewest ?? 10));
  const [days, setDays] = useState(String(rule?.keepDays ?? ''));
  const [named, setNamed] = useState(rule?.protected.join(', ') ?? '');
  const request = useRequest({
    send: api =>
      api.retention.set(model, {
        keepNewest: Number(newest),
        ...(days.trim() && { keepDays: Number(days) }),
        protected: named.split(/[\s,]+/).filter(Boolean),
      }),
    done: () => say.set,
    onDone,
    onClose,
  });
  return (
    <EffectsDialog
      title={say.dialog}
      will={say.will}
      willNot={say.willNot}
      submit={say.submit}
      action={
        action.enabled
          ? firstReason(
              !isCount(newest) && say.badNewest,
              Boolean(days.trim()) && !isCount(days) && say.badDays,
            )
          : action
      }
      request={request}
      onClose={onClose}
    >
      <TextField
        label={say.newest}
        description={say.newestHelp}
        inputMode="numeric"
        isRequired
        value={newest}
        onChange={setNewest}
      />
      <TextField
        label={say.days}
        description={say.daysHelp}
        inputMode="numeric"
        value={days}
        onChange={setDays}
      />
      <TextField
        label={say.protect}
        description={say.protectHelp}
        value={named}
        onChange={setNamed}
      />
    </EffectsDialog>
  );
}
