import { Cell, CellText, type ColumnConfig, Table, Text } from '@backstage/ui';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { AccessEntry } from '@ml-platform/plugin-ml-common';
import { capitalised } from '../../lib/format';
import { formatDay } from '../../lib/time';
import { texts } from '../../texts';
import { Actor, RelativeTime, ScrollRegion } from '../shared';
import classes from './Access.module.css';

/** An entry with what a table tells rows apart by. */
type Row = AccessEntry & { id: string };

const say = texts.access.review;

const COLUMNS: ColumnConfig<Row>[] = [
  {
    id: 'subject',
    label: say.columns.subject,
    isRowHeader: true,
    cell: ({ subject }) => (
      <Cell>
        <Actor actor={subject} />
      </Cell>
    ),
  },
  {
    id: 'what',
    label: say.columns.what,
    cell: ({ kind, what }) => (
      <CellText title={what} description={say.kinds[kind]} />
    ),
  },
  {
    id: 'scope',
    label: say.columns.scope,
    cell: ({ scope, via }) => (
      <Cell>
        {scope === 'platform' ? say.platform : <Holder name={scope} />}
        {via && (
          <Text as="p" variant="body-small" color="secondary">
            {say.via} <Holder name={via} />
          </Text>
        )}
      </Cell>
    ),
  },
  {
    id: 'from',
    label: say.columns.from,
    cell: ({ from }) => <CellText title={formatDay(from)} />,
  },
  {
    id: 'until',
    label: say.columns.until,
    cell: ({ until }) => (
      <CellText title={until ? formatDay(until) : say.noEnd} />
    ),
  },
  {
    id: 'state',
    label: say.columns.state,
    cell: ({ state }) => <CellText title={capitalised(state)} />,
  },
  {
    id: 'givenBy',
    label: say.columns.givenBy,
    cell: ({ approvedBy, givenBy }) => (
      <Cell>
        {givenBy === 'configuration' ? (
          say.configuration
        ) : (
          <Actor actor={givenBy} />
        )}
        {approvedBy && (
          <>
            , <Actor actor={approvedBy} />
          </>
        )}
      </Cell>
    ),
  },
  {
    id: 'used',
    label: say.columns.used,
    cell: ({ lastUsedAt }) => (
      <Cell>
        {lastUsedAt ? <RelativeTime iso={lastUsedAt} /> : texts.access.never}
      </Cell>
    ),
  },
];

/** A user or a group by its name, models as they are named. */
function Holder({ name }: { name: string }) {
  return /^(user|group):/.test(name) ? (
    <EntityRefLink entityRef={name} hideIcon />
  ) : (
    <>{name}</>
  );
}

/** Who had what, one entry a row. */
export function ReviewTable(props: { entries: AccessEntry[] }) {
  return (
    <ScrollRegion label={say.table} className={classes.wide}>
      <Table
        columnConfig={COLUMNS}
        data={props.entries.map((entry, index) => ({
          ...entry,
          id: `${entry.reference}/${entry.subject}/${index}`,
        }))}
        aria-label={say.table}
        pagination={{ type: 'none' }}
      />
    </ScrollRegion>
  );
}
