import { useState } from 'react';
import {
  Flex,
  Radio,
  RadioGroup,
  TextAreaField,
  TextField,
} from '@backstage/ui';
import {
  GRANT_CAPABILITIES,
  type GrantCapability,
} from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import { DayField } from '../Lifecycle/DayField';
import { EffectsDialog } from '../Lifecycle';

/** Asks who gets access to what, how far, until when and why. */
export function CreateGrantDialog(props: {
  /** Filled in already. */
  model?: string;
  onDone: () => void;
  onClose: () => void;
}) {
  const { onClose, onDone } = props;
  const say = texts.access.grants;
  const [subject, setSubject] = useState('');
  const [model, setModel] = useState(props.model ?? '');
  const [team, setTeam] = useState('');
  const [capability, setCapability] = useState<GrantCapability>('read');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const request = useRequest({
    send: api =>
      api.access.createGrant({
        subject: subject.trim(),
        model: model.trim() || undefined,
        team: team.trim() || undefined,
        ...{ capability, expiresAt: until, reason: reason.trim() },
      }),
    done: say.added,
    ...{ onDone, onClose },
  });
  return (
    <EffectsDialog
      title={say.add}
      will={say.will(
        subject.trim(),
        model.trim() || (team.trim() && say.allOf(team.trim())),
      )}
      willNot={say.willNot}
      submit={say.add}
      action={firstReason(
        !/^(user|group):\S+\/\S+$/i.test(subject.trim()) && say.noSubject,
        Boolean(model.trim()) === Boolean(team.trim()) && say.oneScope,
        !until && say.noUntil,
        !reason.trim() && texts.access.noReason,
      )}
      request={request}
      onClose={onClose}
    >
      <Flex direction="column" gap="3">
        <TextField
          label={say.subject}
          description={say.subjectHelp}
          isRequired
          value={subject}
          onChange={setSubject}
          maxLength={255}
        />
        <TextField
          label={say.model}
          description={say.modelHelp}
          value={model}
          onChange={setModel}
          maxLength={63}
        />
        <TextField
          label={say.team}
          description={say.teamHelp}
          value={team}
          onChange={setTeam}
          maxLength={255}
        />
        <RadioGroup
          label={say.capability}
          value={capability}
          onChange={value => setCapability(value as GrantCapability)}
        >
          {GRANT_CAPABILITIES.map(each => (
            <Radio key={each} value={each}>
              {say.capabilities[each]}
            </Radio>
          ))}
        </RadioGroup>
        <DayField
          label={texts.access.until}
          description={say.untilHelp}
          min={new Date(Date.now() + 24 * 60 * 60 * 1000)
            .toISOString()
            .slice(0, 10)}
          value={until}
          onChange={setUntil}
        />
        <TextAreaField
          label={texts.access.reason}
          description={texts.access.reasonHelp}
          isRequired
          value={reason}
          onChange={setReason}
          rows={2}
          maxLength={2000}
        />
      </Flex>
    </EffectsDialog>
  );
}
