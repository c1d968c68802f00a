import { Text } from '@backstage/ui';
import {
  type PolicyKey,
  POLICY_NAMES,
  type PolicyState,
} from '@ml-platform/plugin-ml-common';
import type { ActionState } from '../../lib/actions';
import type { Tone } from '../../lib/health';
import { texts } from '../../texts';
import { ActionButton, CardItem, StateLabel } from '../shared';
import { PolicyValues } from './PolicyValues';

/** A policy as it holds, and the way to another one. */
export function PolicyItem(props: {
  name: PolicyKey;
  state: PolicyState;
  action: ActionState;
  onChange: () => void;
}) {
  const { action, name, onChange, state } = props;
  const say = texts.policy;
  const source = state.configuredOnly.includes(name)
    ? 'configuredOnly'
    : state.sources[name];
  const tone: Tone = source === 'approved' ? 'success' : 'neutral';
  return (
    <CardItem
      title={POLICY_NAMES[name]}
      state={<StateLabel word={say.source[source]} tone={tone} />}
    >
      <Text as="p" variant="body-small" color="secondary">
        {say.about[name]}
      </Text>
      <PolicyValues name={name} value={state.values[name]} />
      <div>
        <ActionButton
          action={action}
          label={say.change}
          description={say.describeChange(POLICY_NAMES[name])}
          onPress={onChange}
        />
      </div>
    </CardItem>
  );
}
