import { useState } from 'react';
import { Flex, TextAreaField } from '@backstage/ui';
import {
  describeDifference,
  diffPolicies,
  type PolicyChanges,
  type PolicyKey,
  type PolicyState,
} from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { type ActionState, firstReason } from '../../lib/actions';
import {
  fieldText,
  policyFields,
  readField,
  withField,
} from '../../lib/policyFields';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';
import { PolicyFieldInput } from './PolicyFieldInput';

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
  const fields = policyFields(before);
  const [written, setWritten] = useState<Record<string, string>>({});
  const [reason, setReason] = useState('');

  let after: unknown = before;
  let unreadable: string | undefined;
  for (const field of fields) {
    const place = field.path.join('.');
    try {
      const text = written[place] ?? fieldText(field);
      after = withField(after, field.path, readField(field.kind, text));
    } catch {
      unreadable ??= say.unreadable(place || say.root);
    }
  }
  const differences = diffPolicies({ [name]: before }, { [name]: after });
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
      title={say.question(say.names[name])}
      will={
        differences.length
          ? differences.map(describeDifference)
          : [unreadable ?? say.unchanged]
      }
      willNot={say.willNot}
      submit={say.ask}
      action={firstReason(
        !action.enabled && action.reason,
        unreadable,
        !differences.length && say.unchanged,
        !reason.trim() && say.noReason,
      )}
      request={request}
      onClose={onClose}
    >
      <Flex direction="column" gap="3">
        {fields.map(field => {
          const place = field.path.join('.');
          return (
            <PolicyFieldInput
              key={place}
              label={place || say.names[name]}
              kind={field.kind}
              text={written[place] ?? fieldText(field)}
              onChange={text => setWritten({ ...written, [place]: text })}
            />
          );
        })}
        <TextAreaField
          label={say.reason}
          description={say.reasonHelp}
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
