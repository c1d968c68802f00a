import { useState } from 'react';
import {
  Checkbox,
  CheckboxGroup,
  Flex,
  TextAreaField,
  TextField,
} from '@backstage/ui';
import { CAPABILITIES, type Capability } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

/** Asks what a new service account is for, and what it may do. */
export function CreateAccountDialog(props: {
  onDone: () => void;
  onClose: () => void;
}) {
  const { onClose, onDone } = props;
  const say = texts.access.accounts;
  const [team, setTeam] = useState('');
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [capabilities, setCapabilities] = useState<string[]>(['read']);
  const [written, setModels] = useState('');
  const models = written.split(/[\s,]+/).filter(Boolean);
  const isComplete =
    [team, name, description].every(text => text.trim()) &&
    capabilities.length > 0 &&
    models.length > 0;
  const request = useRequest({
    send: api =>
      api.serviceAccounts.create({
        team: team.trim(),
        name: name.trim(),
        description: description.trim(),
        capabilities: capabilities as Capability[],
        models,
      }),
    done: ({ ref }) => say.added(ref),
    ...{ onDone, onClose },
  });
  return (
    <EffectsDialog
      title={say.add}
      will={say.will}
      submit={say.add}
      action={firstReason(!isComplete && say.incomplete)}
      request={request}
      onClose={onClose}
    >
      <Flex direction="column" gap="3">
        <TextField
          label={say.team}
          description={say.teamHelp}
          isRequired
          value={team}
          onChange={setTeam}
          maxLength={255}
        />
        <TextField
          label={say.name}
          description={say.nameHelp}
          isRequired
          value={name}
          onChange={setName}
          maxLength={40}
        />
        <TextField
          label={say.description}
          isRequired
          value={description}
          onChange={setDescription}
          maxLength={500}
        />
        <CheckboxGroup
          label={say.capabilities}
          value={capabilities}
          onChange={setCapabilities}
        >
          {CAPABILITIES.map(capability => (
            <Checkbox key={capability} value={capability}>
              {capability}
            </Checkbox>
          ))}
        </CheckboxGroup>
        <TextAreaField
          label={say.models}
          description={say.modelsHelp}
          isRequired
          value={written}
          onChange={setModels}
          rows={3}
        />
      </Flex>
    </EffectsDialog>
  );
}
