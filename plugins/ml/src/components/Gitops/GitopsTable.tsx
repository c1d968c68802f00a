import { useMemo } from 'react';
import { Cell, type ColumnConfig, Table, Text } from '@backstage/ui';
import { DEFAULT_NAMESPACE } from '@backstage/catalog-model';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { GitopsItem, GitopsState } from '@ml-platform/plugin-ml-common';
import type { Tone } from '../../lib/health';
import { texts } from '../../texts';
import { EnvironmentChip, RelativeTime, StateLabel } from '../shared';
import { ApplyButton } from './ApplyButton';
import classes from './Gitops.module.css';

const TONES: Record<GitopsState, Tone> = {
  inSync: 'success',
  following: 'info',
  releasing: 'info',
  waiting: 'info',
  drifted: 'warning',
  refused: 'danger',
  undeclared: 'neutral',
};

type Row = GitopsItem & { id: string };

/** Each deployment beside its file. */
export function GitopsTable(props: {
  items: GitopsItem[];
  onChange: () => void;
}) {
  const { items, onChange } = props;
  const rows = useMemo(
    () => items.map<Row>(item => ({ ...item, id: item.path })),
    [items],
  );
  const columns = useMemo<ColumnConfig<Row>[]>(() => {
    const say = texts.gitops;
    return [
      {
        id: 'deployment',
        label: say.deployment,
        isRowHeader: true,
        cell: item => (
          <Cell>
            <div className={classes.detail}>
              <span>
                {item.model ? (
                  <EntityRefLink
                    entityRef={{
                      kind: 'model',
                      namespace: DEFAULT_NAMESPACE,
                      name: item.model,
                    }}
                    title={item.model}
                    hideIcon
                  />
                ) : (
                  item.path
                )}{' '}
                {item.environment && (
                  <EnvironmentChip environment={item.environment} />
                )}
              </span>
              {item.model && (
                <Text variant="body-x-small" color="secondary">
                  {item.path}
                </Text>
              )}
            </div>
          </Cell>
        ),
      },
      {
        id: 'state',
        label: say.stateColumn,
        cell: item => (
          <Cell>
            <div className={classes.detail}>
              <StateLabel
                word={say.state[item.state]}
                tone={TONES[item.state]}
                active={item.state === 'releasing'}
              />
              {item.message && (
                <Text variant="body-x-small" color="secondary">
                  {item.message}
                </Text>
              )}
              {item.issues.length > 0 && (
                <ul className={classes.issues}>
                  {item.issues.map(issue => (
                    <li key={`${issue.line} ${issue.field} ${issue.message}`}>
                      <Text variant="body-x-small">
                        {say.where(item.path, issue)}
                      </Text>
                    </li>
                  ))}
                </ul>
              )}
              <ApplyButton item={item} onDone={onChange} />
            </div>
          </Cell>
        ),
      },
      {
        id: 'inGit',
        label: say.inGit,
        cell: item => (
          <Cell>
            <Text>
              {item.desired?.version ??
                (item.commit ? say.unreadable : say.nothing)}
            </Text>
          </Cell>
        ),
      },
      {
        id: 'running',
        label: say.running,
        cell: item => (
          <Cell>
            <Text>{item.running?.version ?? say.nothing}</Text>
          </Cell>
        ),
      },
      {
        id: 'changed',
        label: say.changed,
        cell: item => (
          <Cell>
            {item.commit && (
              <div className={classes.detail}>
                <Text variant="body-small">{item.commit.author}</Text>
                <Text variant="body-x-small" color="secondary">
                  <RelativeTime iso={item.commit.at} />
                </Text>
              </div>
            )}
          </Cell>
        ),
      },
    ];
  }, [onChange]);
  return (
    <Table
      columnConfig={columns}
      data={rows}
      aria-label={texts.gitops.deployments}
      pagination={{ type: 'none' }}
    />
  );
}
