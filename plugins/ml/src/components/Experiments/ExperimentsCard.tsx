import { Flex, Text } from '@backstage/ui';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { CodeBlock } from '../shared';
import { notRegistered, QueryView } from '../states';
import { ExperimentPanel } from './ExperimentPanel';

/** The A/B experiments of a model, with what they have counted so far. */
export function ExperimentsCard(props: { model: string }) {
  const { model } = props;
  const say = texts.experiments;
  const query = useMlQuery({
    key: `experiments:${model}`,
    load: api => api.experiments.list(model),
    concerns: signal => signal.model === model,
    // The counts grow without a signal.
    underWay: ({ items }) => items.length > 0,
  });
  return (
    <EntityInfoCard title={say.title}>
      <QueryView query={query} failed={notRegistered(model)}>
        {({ items }) =>
          items.length === 0 ? (
            <Flex direction="column" gap="2">
              <Text as="p" color="secondary">
                {say.none} {say.noneHelp}
              </Text>
              <CodeBlock label="command" wrap text={say.command(model)} />
            </Flex>
          ) : (
            <Flex direction="column" gap="4">
              {items.map(experiment => (
                <ExperimentPanel
                  key={experiment.id}
                  experiment={experiment}
                  onChanged={query.reload}
                />
              ))}
            </Flex>
          )
        }
      </QueryView>
    </EntityInfoCard>
  );
}
