import { useMemo } from 'react';
import {
  Flex,
  Select,
  Table,
  Text,
  ToggleButton,
  ToggleButtonGroup,
} from '@backstage/ui';
import { RiHistoryLine } from '@remixicon/react';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import {
  ENVIRONMENTS,
  type Environment,
  isFinal,
  RELEASE_STATES,
  type ReleaseState,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import { texts } from '../../texts';
import { Pager } from '../shared';
import { LoadingState, QueryView, StateMessage } from '../states';
import { releaseColumns } from './columns';

const PAGE_SIZE = 20;

/** Every release of a model, newest first, by environment if one likes. */
export function ReleaseHistory(props: {
  model: string;
  onOpen: (id: string) => void;
}) {
  const { model, onOpen } = props;
  const [cursor, setCursor] = useSearchParameter('cursor');
  const [filter, setFilter] = useSearchParameter('environment');
  const environment = ENVIRONMENTS.find(each => each === filter);
  const [outcome, setOutcome] = useSearchParameter('outcome');
  const state = outcomeOf(outcome);
  const query = useMlQuery({
    key: `releases:${model}:${environment ?? ''}:${outcome ?? ''}:${
      cursor ?? ''
    }`,
    load: api =>
      api.listReleases(model, { limit: PAGE_SIZE, environment, state, cursor }),
    concerns: signal => signal.model === model,
    underWay: page => page.items.some(item => !isFinal(item.state)),
    keepPrevious: true,
  });
  const columns = useMemo(() => releaseColumns({ onOpen }), [onOpen]);
  return (
    <EntityInfoCard
      title={texts.deployments.history}
      headerActions={
        <Flex align="end" gap="3">
          <OutcomeFilter
            value={outcome}
            onChange={value => {
              // The page of another list means nothing in this one.
              setCursor(undefined);
              setOutcome(value);
            }}
          />
          <EnvironmentFilter
            value={environment}
            onChange={value => {
              setCursor(undefined);
              setFilter(value);
            }}
          />
        </Flex>
      }
    >
      <QueryView query={query} loading={<LoadingState lines={8} />}>
        {page =>
          page.items.length === 0 ? (
            <StateMessage
              kind="empty"
              icon={<RiHistoryLine />}
              title={
                state ? texts.deployments.noneOfThese : texts.deployments.empty
              }
            >
              {!state && (
                <Text as="p" color="secondary">
                  {texts.deployments.emptyHelp(model)}
                </Text>
              )}
            </StateMessage>
          ) : (
            <>
              <Table
                columnConfig={columns}
                data={page.items}
                isStale={query.status === 'ready' && query.outdated}
                pagination={{ type: 'none' }}
              />
              <Pager
                cursor={cursor}
                nextCursor={page.nextCursor}
                first={texts.deployments.newest}
                next={texts.deployments.older}
                onChange={setCursor}
              />
            </>
          )
        }
      </QueryView>
    </EntityInfoCard>
  );
}

function EnvironmentFilter(props: {
  value: Environment | undefined;
  onChange: (environment: string | undefined) => void;
}) {
  return (
    <ToggleButtonGroup
      aria-label="Environment"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[props.value ?? 'all']}
      onSelectionChange={keys => {
        const [key] = [...keys];
        props.onChange(key === 'all' ? undefined : String(key));
      }}
    >
      <ToggleButton id="all">{texts.deployments.all}</ToggleButton>
      <ToggleButton id="production">
        {texts.environment.production}
      </ToggleButton>
      <ToggleButton id="staging">{texts.environment.staging}</ToggleButton>
    </ToggleButtonGroup>
  );
}

const OUTCOMES = ['underWay', 'succeeded', 'notSucceeded'] as const;

/** The states behind a choice; undefined for all. */
function outcomeOf(choice: string | undefined): ReleaseState[] | undefined {
  switch (OUTCOMES.find(each => each === choice)) {
    case 'underWay':
      return RELEASE_STATES.filter(state => !isFinal(state));
    case 'succeeded':
      return ['succeeded'];
    case 'notSucceeded':
      return RELEASE_STATES.filter(
        state => isFinal(state) && state !== 'succeeded',
      );
    default:
      return undefined;
  }
}

function OutcomeFilter(props: {
  value: string | undefined;
  onChange: (outcome: string | undefined) => void;
}) {
  const all = { value: 'all', label: texts.deployments.anyOutcome };
  return (
    <Select
      size="small"
      aria-label={texts.deployments.outcome}
      options={[
        all,
        ...OUTCOMES.map(value => ({
          value,
          label: texts.deployments.outcomes[value],
        })),
      ]}
      value={outcomeOf(props.value) ? props.value : all.value}
      onChange={key => props.onChange(key === 'all' ? undefined : String(key))}
    />
  );
}
