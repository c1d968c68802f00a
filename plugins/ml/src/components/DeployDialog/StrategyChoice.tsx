import { Radio, RadioGroup, Text } from '@backstage/ui';
import { STRATEGIES, type Strategy } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';

const HELP: Record<Strategy, string> = {
  immediate: texts.strategy.immediateHelp,
  canary: texts.strategy.canaryHelp,
  blueGreen: texts.strategy.blueGreenHelp,
  shadow: texts.strategy.shadowHelp,
};

/** Choice of how the version takes over from the one that is live. */
export function StrategyChoice(props: {
  value: Strategy;
  onChange: (strategy: Strategy) => void;
}) {
  const { value, onChange } = props;
  return (
    <RadioGroup
      label={texts.strategy.label}
      value={value}
      onChange={next => onChange(next as Strategy)}
    >
      {STRATEGIES.map(strategy => (
        <Radio key={strategy} value={strategy}>
          {texts.strategy[strategy]}
          <Text as="span" variant="body-small" color="secondary">
            {' '}
            – {HELP[strategy]}
          </Text>
        </Radio>
      ))}
    </RadioGroup>
  );
}
