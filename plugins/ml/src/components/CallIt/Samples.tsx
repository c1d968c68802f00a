import { useState } from 'react';
import { Flex, Switch } from '@backstage/ui';
import {
  callSample,
  type CallTarget,
  type ModelInterface,
  SAMPLE_LANGUAGES,
  type SampleLanguage,
} from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { CodeBlock } from '../shared';
import { Choice } from './Choice';

/** Programs to copy, one language at a time. */
export function Samples(props: {
  target: CallTarget;
  request: { interface: ModelInterface; sample?: unknown };
}) {
  const { request, target } = props;
  const say = texts.call;
  const [language, setLanguage] = useState<SampleLanguage>('curl');
  const [withKey, setWithKey] = useState(target.withKey ?? false);
  return (
    <Flex direction="column" gap="2">
      <Flex align="center" gap="4" style={{ flexWrap: 'wrap' }}>
        <Choice
          label={say.language}
          value={language}
          options={SAMPLE_LANGUAGES.map(id => ({
            id,
            label: say.languages[id],
          }))}
          onChange={setLanguage}
        />
        <Switch
          label={say.withKey}
          isSelected={withKey}
          onChange={setWithKey}
        />
      </Flex>
      <CodeBlock
        label={say.sample}
        wrap
        text={callSample(language, { ...target, withKey }, request)}
      />
    </Flex>
  );
}
