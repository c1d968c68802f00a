import { Box, Flex, Text } from '@backstage/ui';
import type { PolicyKey, PolicyState } from '@ml-platform/plugin-ml-common';
import type { ActionState } from '../../lib/actions';
import type { Tone } from '../../lib/health';
import { texts } from '../../texts';
import { ActionButton, StateLabel } from '../shared';
import classes from './Policy.module.css';
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
    <Box
      as="li"
      bg="neutral"
      className={classes.item}
      aria-label={say.names[name]}
    >
      <Flex align="center" justify="between" gap="3">
        <Text as="h3" weight="bold">
          {say.names[name]}
        </Text>
        <StateLabel word={say.source[source]} tone={tone} />
      </Flex>
      <Text as="p" variant="body-small" color="secondary">
        {say.about[name]}
      </Text>
      <PolicyValues name={name} value={state.values[name]} />
      <div>
        <ActionButton
          action={action}
          label={say.change}
          description={say.describeChange(say.names[name])}
          onPress={onChange}
        />
      </div>
    </Box>
  );
}
