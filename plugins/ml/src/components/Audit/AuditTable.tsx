import { useMemo } from 'react';
import {
  Button,
  Cell,
  CellText,
  type ColumnConfig,
  Table,
} from '@backstage/ui';
import type { ListedAuditEvent } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { Actor, Panel, RelativeTime } from '../shared';
import classes from './Audit.module.css';

/** Events, newest first. */
export function AuditTable(props: {
  events: ListedAuditEvent[];
  onOpen: (event: ListedAuditEvent) => void;
}) {
  const { events, onOpen } = props;
  const columns = useMemo<ColumnConfig<ListedAuditEvent>[]>(() => {
    const say = texts.audit.columns;
    return [
      {
        id: 'action',
        label: say.action,
        isRowHeader: true,
        // Names of actions are long, and are one word.
        width: '1.5fr',
        minWidth: 176,
        cell: event => (
          <Cell>
            <Button
              size="small"
              variant="tertiary"
              className={classes.action}
              aria-label={texts.audit.open(event.action)}
              onPress={() => onOpen(event)}
            >
              {event.action}
            </Button>
          </Cell>
        ),
      },
      {
        id: 'actor',
        label: say.actor,
        cell: event => (
          <Cell>
            <Actor actor={event.actor} />
          </Cell>
        ),
      },
      {
        id: 'resource',
        label: say.resource,
        cell: event => <CellText title={event.resource} />,
      },
      {
        id: 'outcome',
        label: say.outcome,
        cell: event => <CellText title={texts.audit.outcomes[event.outcome]} />,
      },
      {
        id: 'at',
        label: say.at,
        cell: event => (
          <Cell>
            <RelativeTime iso={event.at} />
          </Cell>
        ),
      },
    ];
  }, [onOpen]);
  return (
    <Panel>
      <Table
        columnConfig={columns}
        data={events}
        aria-label={texts.audit.table}
        pagination={{ type: 'none' }}
      />
    </Panel>
  );
}
