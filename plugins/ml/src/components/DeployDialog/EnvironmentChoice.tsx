import { Radio, RadioGroup, Text } from '@backstage/ui';
import type { Environment } from '@ml-platform/plugin-ml-common';
import type { ReleaseActions } from '../../lib/actions';
import { texts } from '../../texts';

const ORDER: Environment[] = ['staging', 'production'];

/** Choice of an environment; one that cannot be released to says why. */
export function EnvironmentChoice(props: {
  value: Environment;
  actions: Record<Environment, ReleaseActions>;
  onChange: (environment: Environment) => void;
}) {
  const { value, actions, onChange } = props;
  return (
    <RadioGroup
      label="Environment"
      orientation="horizontal"
      value={value}
      onChange={next => onChange(next as Environment)}
    >
      {ORDER.map(environment => {
        const { deploy } = actions[environment];
        return (
          <Radio
            key={environment}
            value={environment}
            isDisabled={!deploy.enabled}
          >
            {texts.environment[environment]}
            {!deploy.enabled && (
              <Text as="span" variant="body-small" color="secondary">
                {' '}
                – {deploy.reason}
              </Text>
            )}
          </Radio>
        );
      })}
    </RadioGroup>
  );
}
