import { useState } from 'react';
import { Select, TextAreaField } from '@backstage/ui';
import { useRequest } from '../../hooks/useRequest';
import { firstReason } from '../../lib/actions';
import { formatDay, isoDayInWeeks } from '../../lib/time';
import { texts } from '../../texts';
import { DayField } from './DayField';
import { EffectsDialog } from './EffectsDialog';
import type { LifecycleDialogProps } from './LifecycleDialog';

/** The notice that the backend insists on. */
const NOTICE_WEEKS = 8;
const NONE = 'none';

/** Gives notice of a version's end. */
export function DeprecateDialog(props: LifecycleDialogProps) {
  const { version, others, action, onDone, onClose } = props;
  const name = version.version;
  const say = texts.deprecate;
  const [earliest] = useState(() => isoDayInWeeks(NOTICE_WEEKS, Date.now()));
  const before = version.deprecation;
  const [sunset, setSunset] = useState(before?.sunset.slice(0, 10) ?? earliest);
  const [reason, setReason] = useState(before?.reason ?? '');
  const [replacement, setReplacement] = useState(before?.replacement ?? NONE);
  const request = useRequest({
    send: api =>
      api.versions.deprecate(version.model, name, {
        sunset,
        reason: reason.trim(),
        replacement: replacement === NONE ? undefined : replacement,
      }),
    done: () => say.done(name),
    onDone,
    onClose,
  });
  const choices = new Set([
    NONE,
    ...others
      .filter(other => other.state === 'registered' && other.version !== name)
      .map(other => other.version),
    replacement,
  ]);
  return (
    <EffectsDialog
      title={say.title(name)}
      will={say.will(name)}
      willNot={say.willNot}
      submit={say.submit(name)}
      action={
        action.enabled
          ? firstReason(
              !(sunset >= earliest) && say.tooEarly(formatDay(earliest)),
              !reason.trim() && texts.versionActions.sayWhy,
            )
          : action
      }
      request={request}
      onClose={onClose}
    >
      <DayField
        label={say.sunset}
        description={say.sunsetHelp(formatDay(earliest))}
        min={earliest}
        value={sunset}
        onChange={setSunset}
      />
      <TextAreaField
        label={say.reason}
        description={say.reasonHelp}
        value={reason}
        onChange={setReason}
        isRequired
        rows={2}
        maxLength={2000}
      />
      <Select
        label={say.replacement}
        options={[...choices].map(choice => ({
          value: choice,
          label: choice === NONE ? say.noReplacement : choice,
        }))}
        value={replacement}
        onChange={key => setReplacement(String(key ?? NONE))}
      />
    </EffectsDialog>
  );
}
