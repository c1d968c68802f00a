import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import {
  diffPolicies,
  type PolicyChanges,
  type PolicyKey,
  POLICY_NAMES,
  type PolicyState,
  sayDifference,
} from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { type ActionState, firstReason } from '../../lib/actions';
import { findProblems } from '../../lib/policyPlaces';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';
import { PolicyForm } from './form/PolicyForm';

const WIDTH = 720;

/** Edits a policy, shows what would be different, and asks a second person for it. */
export function ChangePolicyDialog(props: {
  name: PolicyKey;
  state: PolicyState;
  action: ActionState;
  onDone: () => void;
  onClose: () => void;
}) {
  const { action, name, onDone, onClose } = props;
  const say = texts.policy;
  // What was looked at, whatever is loaded meanwhile.
  const [{ values, version }] = useState(props.state);
  const before = values[name];
  const [after, setAfter] = useState<unknown>(before);
  const [reason, setReason] = useState('');

  const problems = findProblems(name, after);
  const isWrong = Object.keys(problems).length > 0;
  const differences = isWrong
    ? []
    : diffPolicies({ [name]: before }, { [name]: after });
  const request = useRequest({
    send: api =>
      api.policy.propose(version, {
        changes: { [name]: after } as PolicyChanges,
        reason: reason.trim(),
      }),
    done: () => say.asked,
    ...{ onDone, onClose },
  });
  return (
    <EffectsDialog
      title={say.question(POLICY_NAMES[name])}
      width={WIDTH}
      will={
        differences.length
          ? differences.map(sayDifference)
          : [isWrong ? say.wrong : say.unchanged]
      }
      willNot={say.willNot}
      submit={say.ask}
      action={firstReason(
        !action.enabled && action.reason,
        isWrong && say.wrong,
        !differences.length && say.unchanged,
        !reason.trim() && say.noReason,
      )}
      request={request}
      onClose={onClose}
    >
      <PolicyForm
        name={name}
        value={after}
        problems={problems}
        onChange={setAfter}
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
