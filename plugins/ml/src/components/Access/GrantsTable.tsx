import { useMemo } from 'react';
import { Cell, CellText, type ColumnConfig, Table } from '@backstage/ui';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { Grant } from '@ml-platform/plugin-ml-common';
import { firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton, Actor, RelativeTime } from '../shared';

/** Grants, newest first, each with its end. */
export function GrantsTable(props: {
  grants: Grant[];
  onRevoke: (grant: Grant) => void;
}) {
  const { grants, onRevoke } = props;
  const columns = useMemo<ColumnConfig<Grant>[]>(() => {
    const say = texts.access.grants;
    return [
      {
        id: 'subject',
        label: say.columns.subject,
        isRowHeader: true,
        cell: grant => (
          <Cell>
            <EntityRefLink entityRef={grant.subject} hideIcon />
          </Cell>
        ),
      },
      {
        id: 'scope',
        label: say.columns.scope,
        cell: ({ model, team }) => (
          <CellText title={model ?? say.allOf(team!)} />
        ),
      },
      {
        id: 'capability',
        label: say.columns.capability,
        cell: ({ capability }) => <CellText title={capability} />,
      },
      {
        id: 'state',
        label: say.columns.state,
        cell: ({ state }) => <CellText title={say.state[state]} />,
      },
      {
        id: 'until',
        label: say.columns.until,
        cell: ({ expiresAt, revokedAt }) => (
          <Cell>
            <RelativeTime iso={revokedAt ?? expiresAt} />
          </Cell>
        ),
      },
      {
        id: 'by',
        label: say.columns.by,
        cell: ({ grantedBy }) => (
          <Cell>
            <Actor actor={grantedBy} />
          </Cell>
        ),
      },
      {
        id: 'used',
        label: say.columns.used,
        cell: ({ lastUsedAt }) => (
          <Cell>
            {lastUsedAt ? (
              <RelativeTime iso={lastUsedAt} />
            ) : (
              texts.access.never
            )}
          </Cell>
        ),
      },
      {
        id: 'actions',
        label: say.columns.actions,
        cell: grant => (
          <Cell>
            <ActionButton
              action={firstReason(grant.state !== 'active' && say.over)}
              label={say.revoke}
              description={say.describeRevoke(grant)}
              variant="tertiary"
              onPress={() => onRevoke(grant)}
            />
          </Cell>
        ),
      },
    ];
  }, [onRevoke]);
  return (
    <Table
      columnConfig={columns}
      data={grants}
      aria-label={texts.access.grants.table}
      pagination={{ type: 'none' }}
    />
  );
}
