import { Flex, Text } from '@backstage/ui';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import { useModelName } from '../../hooks/useModelName';
import { texts } from '../../texts';
import { CallIt } from '../CallIt';
import { ModelCardView } from '../ModelCard';
import { LoadingState, notRegistered, QueryView } from '../states';
import { type Overview, useOverview } from './useOverview';

/** Cards of the entity page: how to call the model, and its model card. */
export function OverviewCard() {
  const name = useModelName();
  const query = useOverview(name);
  if (query.status === 'ready' && query.data.version) {
    return (
      <QueryView query={query}>
        {overview => <Cards {...overview} version={overview.version!} />}
      </QueryView>
    );
  }
  return (
    <EntityInfoCard title={texts.overview.title}>
      <QueryView
        query={query}
        loading={<LoadingState lines={10} />}
        failed={notRegistered(name)}
      >
        {() => <Text as="p">{texts.actions.noVersions}</Text>}
      </QueryView>
    </EntityInfoCard>
  );
}

function Cards(
  props: Overview & { version: NonNullable<Overview['version']> },
) {
  const { model, version, sample } = props;
  return (
    <Flex direction="column" gap="4">
      <EntityInfoCard title={texts.call.title}>
        <CallIt model={model} version={version} sample={sample} />
      </EntityInfoCard>
      <EntityInfoCard title={texts.overview.title}>
        <Flex direction="column" gap="4">
          <Text as="p" variant="body-small" color="secondary">
            {texts.overview.shown(version.version, model.latestVersion)}
          </Text>
          <ModelCardView card={version.card} />
        </Flex>
      </EntityInfoCard>
    </Flex>
  );
}
