import { Flex, Text } from '@backstage/ui';
import { curlSample } from '../../lib/curl';
import { deploymentTo } from '../../lib/summary';
import { texts } from '../../texts';
import { InterfaceTable } from '../ModelCard';
import { CodeBlock } from '../shared';
import type { Overview } from './useOverview';

/** How to get a prediction from what is live now. */
export function CallIt(
  props: Required<Pick<Overview, 'model' | 'version'>> & {
    sample: unknown;
  },
) {
  const { model, version, sample } = props;
  const live = (['production', 'staging'] as const)
    .map(environment => deploymentTo(model, environment))
    .find(deployment => deployment?.version);
  return (
    <Flex direction="column" gap="3">
      {live ? (
        <>
          <Text as="p" variant="body-small" color="secondary">
            {texts.overview.call(live.environment)}
          </Text>
          <CodeBlock
            label="request"
            wrap
            text={curlSample({
              endpoint: live.endpoint,
              interface: version.interface,
              sample,
            })}
          />
        </>
      ) : (
        <Text as="p" color="secondary">
          {texts.overview.notLive}
        </Text>
      )}
      <InterfaceTable interface={version.interface} />
    </Flex>
  );
}
