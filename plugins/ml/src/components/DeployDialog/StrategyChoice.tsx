import { Radio, RadioGroup, Text } from '@backstage/ui';
import {
  type Environment,
  STRATEGIES,
  type Strategy,
} from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';

const HELP: Record<Strategy, string> = {
  immediate: texts.strategy.immediateHelp,
  canary: texts.strategy.canaryHelp,
  blueGreen: texts.strategy.blueGreenHelp,
  shadow: texts.strategy.shadowHelp,
};

/** Choice of how the version takes over from the one that is live. */
export function StrategyChoice(props: {
  environment: Environment;
  /** Unknown until the platform has said which it takes. */
  value: Strategy | undefined;
  onChange: (strategy: Strategy) => void;
}) {
  const { environment, value, onChange } = props;
  return (
    <RadioGroup
      label={texts.strategy.label}
      value={value ?? ''}
      onChange={next => onChange(next as Strategy)}
    >
      {STRATEGIES.map(strategy => (
        <Radio
          key={strategy}
          value={strategy}
          // Only by the command, which takes an approval.
          isDisabled={environment === 'production' && strategy === 'immediate'}
        >
          {/* One box, or name and explanation become columns. */}
          <span>
            {texts.strategy[strategy]}
            <Text as="span" variant="body-small" color="secondary">
              {' '}
              –{' '}
              {environment === 'production' && strategy === 'immediate'
                ? texts.rulesOfReleases.immediate
                : HELP[strategy]}
            </Text>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
