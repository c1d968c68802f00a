import { useMemo } from 'react';
import { Cell, CellText, type ColumnConfig, Table, Text } from '@backstage/ui';
import {
  type GitopsCommit,
  RELEASE_STATES,
  type ReleaseState,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import { texts } from '../../texts';
import { Pager, Panel, RelativeTime } from '../shared';
import { LoadingState, QueryView } from '../states';
import classes from './Gitops.module.css';

const PAGE_SIZE = 20;

/** The log of the repository. */
export function GitopsHistory(props: { head: string | undefined }) {
  const say = texts.gitops;
  const [cursor, setCursor] = useSearchParameter('cursor');
  const query = useMlQuery({
    key: `gitops:log:${cursor ?? props.head ?? ''}`,
    load: api => api.gitops.log({ limit: PAGE_SIZE, cursor }),
    keepPrevious: true,
  });
  const columns = useMemo<ColumnConfig<GitopsCommit>[]>(
    () => [
      {
        id: 'subject',
        label: say.commit,
        isRowHeader: true,
        cell: commit => (
          <Cell>
            <div className={classes.detail}>
              <Text>{commit.subject}</Text>
              <Text variant="body-x-small" color="secondary">
                <code title={commit.id}>{commit.id.slice(0, 12)}</code>
                {commit.reason && ` · ${commit.reason}`}
              </Text>
            </div>
          </Cell>
        ),
      },
      {
        id: 'outcome',
        label: say.outcome,
        cell: commit => <CellText title={outcomeOf(commit)} />,
      },
      {
        id: 'author',
        label: say.author,
        cell: commit => <CellText title={commit.author} />,
      },
      {
        id: 'when',
        label: say.when,
        cell: commit => (
          <Cell>
            <RelativeTime iso={commit.at} />
          </Cell>
        ),
      },
    ],
    [say],
  );
  return (
    <Panel label={say.history}>
      <Text as="h2" variant="title-x-small" weight="bold">
        {say.history}
      </Text>
      <Text as="p" color="secondary">
        {say.historyHelp}
      </Text>
      <QueryView query={query} loading={<LoadingState lines={6} />}>
        {page =>
          page.items.length === 0 ? (
            <Text as="p">{say.noHistory}</Text>
          ) : (
            <>
              <Table
                columnConfig={columns}
                data={page.items}
                aria-label={say.history}
                pagination={{ type: 'none' }}
              />
              <Pager
                cursor={cursor}
                nextCursor={page.nextCursor}
                first={say.newest}
                next={say.older}
                onChange={setCursor}
              />
            </>
          )
        }
      </QueryView>
    </Panel>
  );
}

function outcomeOf({ outcome }: GitopsCommit): string {
  const state = RELEASE_STATES.find(entry => entry === outcome);
  return state
    ? texts.releaseState[state satisfies ReleaseState]
    : texts.gitops.byHand;
}
