import { useState } from 'react';
import { Flex, Text } from '@backstage/ui';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import {
  mlReleaseProductionPermission,
  mlReleaseStagingPermission,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useRight } from '../../hooks/useRight';
import { firstReason, rightReason } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton, CodeBlock } from '../shared';
import { notRegistered, QueryView } from '../states';
import { ExperimentPanel } from './ExperimentPanel';
import { StartExperimentDialog } from './StartExperimentDialog';

/** The A/B experiments of a model, with what they have counted so far. */
export function ExperimentsCard(props: { model: string }) {
  const { model } = props;
  const say = texts.experiments;
  const [starting, setStarting] = useState(false);
  const rights = {
    staging: useRight(mlReleaseStagingPermission, model),
    production: useRight(mlReleaseProductionPermission, model),
  };
  const actionIn = (environment: keyof typeof rights) =>
    firstReason(
      rightReason(rights[environment], texts.actions.mayNotDeploy(environment)),
    );
  const actions = {
    staging: actionIn('staging'),
    production: actionIn('production'),
  };
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
        {({ items }) => (
          <Flex direction="column" gap="4">
            {items.length === 0 ? (
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
            )}
            <Flex>
              <ActionButton
                action={
                  actions.production.enabled
                    ? actions.production
                    : actions.staging
                }
                label={say.start.button}
                onPress={() => setStarting(true)}
              />
            </Flex>
            {starting && (
              <StartExperimentDialog
                model={model}
                busy={items.map(({ environment }) => environment)}
                actions={actions}
                onDone={query.reload}
                onClose={() => setStarting(false)}
              />
            )}
          </Flex>
        )}
      </QueryView>
    </EntityInfoCard>
  );
}
