import { useState } from 'react';
import { Flex, Text } from '@backstage/ui';
import {
  experimentShare,
  mlReleaseProductionPermission,
  mlReleaseStagingPermission,
  type ModelExperiment,
} from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { useRight } from '../../hooks/useRight';
import { firstReason, rightReason } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';
import { RulesTable } from '../Rules';
import { ActionButton, Actor, RelativeTime } from '../shared';

/** One experiment: its arms, what was counted of each, and the way to end it. */
export function ExperimentPanel(props: {
  experiment: ModelExperiment;
  onChanged: () => void;
}) {
  const { experiment, onChanged } = props;
  const { environment, model, name, outside, startedAt, startedBy } =
    experiment;
  const say = texts.experiments;
  const [asking, setAsking] = useState(false);
  const mayDeploy = useRight(
    environment === 'production'
      ? mlReleaseProductionPermission
      : mlReleaseStagingPermission,
    model,
  );
  const action = firstReason(
    rightReason(mayDeploy, texts.actions.mayNotDeploy(environment)),
  );
  const stop = useRequest({
    send: api => api.experiments.stop(model, environment),
    done: () => say.stopped(name),
    onDone: onChanged,
    onClose: () => setAsking(false),
  });
  return (
    <Flex direction="column" gap="2">
      <Flex justify="between" align="center">
        <Text as="h3" weight="bold">
          {say.heading(experiment)}
        </Text>
        <ActionButton
          action={action}
          label={say.stop}
          description={say.stopLabel(experiment)}
          onPress={() => setAsking(true)}
        />
      </Flex>
      <Text as="p" variant="body-small" color="secondary">
        {say.state[experiment.state]}.{' '}
        {startedAt && startedBy ? (
          <>
            Started <RelativeTime iso={startedAt} /> by{' '}
            <Actor actor={startedBy} />.
          </>
        ) : (
          `${say.foreign}.`
        )}{' '}
        {say.sticky(experiment.stickyHeader)}{' '}
        {Boolean(outside) && say.outside(outside!)}
      </Text>
      <RulesTable
        label={say.heading(experiment)}
        columns={Object.values(say.columns)}
        rows={experiment.arms.map(arm => {
          const counts = experiment.counts?.[arm.name];
          return {
            key: arm.name,
            cells: [
              arm.name,
              arm.version,
              `${Number(
                (experimentShare(experiment, arm) * 100).toPrecision(3),
              )} %`,
              counts?.requests ?? texts.noData,
              counts ? `${counts.errors} of ${counts.requests}` : texts.noData,
              milliseconds(counts?.latencyMs?.p50),
              milliseconds(counts?.latencyMs?.p99),
            ],
          };
        })}
      />
      {asking && (
        <EffectsDialog
          title={say.dialog(name)}
          will={say.will}
          willNot={say.willNot}
          submit={say.submit}
          action={action}
          request={stop}
          onClose={() => setAsking(false)}
        />
      )}
    </Flex>
  );
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? texts.noData : `${value} ms`;
}
