import { useState } from 'react';
import { Switch, TextAreaField, TextField } from '@backstage/ui';
import {
  ENVIRONMENTS,
  type Environment,
  type ExperimentArm,
  experimentNameSchema,
} from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { type ActionState, firstReason } from '../../lib/actions';
import { parseArms } from '../../lib/parseArms';
import { texts } from '../../texts';
import { Choice } from '../CallIt';
import { EffectsDialog } from '../Lifecycle';

/** Asks for an A/B experiment: where, among which versions, and by what callers keep their arm. */
export function StartExperimentDialog(props: {
  model: string;
  /** Where one runs already. */
  busy: readonly Environment[];
  /** Whether the caller may release there. */
  actions: Record<Environment, ActionState>;
  onDone: () => void;
  onClose: () => void;
}) {
  const { actions, busy, model, onDone, onClose } = props;
  const say = texts.experiments.start;
  const [environment, setEnvironment] = useState<Environment>(
    ENVIRONMENTS.find(each => !busy.includes(each)) ?? ENVIRONMENTS[0],
  );
  const [name, setName] = useState('');
  const [header, setHeader] = useState('');
  const [lines, setLines] = useState('');
  const [forcible, setForcible] = useState(true);
  const parsed = parseArms(lines);
  const arms: ExperimentArm[] = Array.isArray(parsed) ? parsed : [];
  const request = useRequest({
    send: api =>
      api.experiments.start(model, {
        ...{ environment, name: name.trim(), arms, forcible },
        stickyHeader: header.trim().toLowerCase() || undefined,
      }),
    done: ({ state }) => say.done(name.trim(), state === 'running'),
    onDone,
    onClose,
  });
  const action = actions[environment];
  return (
    <EffectsDialog
      title={say.dialog(model)}
      will={say.will}
      willNot={say.willNot}
      submit={say.submit}
      action={
        action.enabled
          ? firstReason(
              busy.includes(environment) && say.busy(environment),
              !experimentNameSchema.safeParse(name.trim()).success &&
                say.badName,
              typeof parsed === 'string' && parsed,
            )
          : action
      }
      request={request}
      onClose={onClose}
    >
      <Choice
        label={say.environment}
        value={environment}
        options={ENVIRONMENTS.map(id => ({
          id,
          label: texts.environment[id],
        }))}
        onChange={setEnvironment}
      />
      <TextField
        label={say.name}
        description={say.nameHelp}
        isRequired
        value={name}
        onChange={setName}
      />
      <TextAreaField
        label={say.arms}
        description={say.armsHelp}
        isRequired
        value={lines}
        onChange={setLines}
        rows={3}
      />
      <TextField
        label={say.header}
        description={say.headerHelp}
        value={header}
        onChange={setHeader}
      />
      <Switch label={say.force} isSelected={forcible} onChange={setForcible} />
    </EffectsDialog>
  );
}
