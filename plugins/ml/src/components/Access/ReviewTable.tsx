import { Cell, CellText, type ColumnConfig, Table } from '@backstage/ui';
import type { AccessEntry } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { Actor, RelativeTime } from '../shared';

/** An entry with what a table tells rows apart by. */
type Row = AccessEntry & { id: string };

const say = texts.access.review;

const COLUMNS: ColumnConfig<Row>[] = [
  {
    id: 'subject',
    label: say.columns.subject,
    isRowHeader: true,
    cell: ({ subject }) => <CellText title={subject} />,
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
    cell: ({ scope, via }) => <CellText title={scope} description={via} />,
  },
  {
    id: 'from',
    label: say.columns.from,
    cell: ({ from }) => <CellText title={from.slice(0, 10)} />,
  },
  {
    id: 'until',
    label: say.columns.until,
    cell: ({ until }) => <CellText title={until?.slice(0, 10) ?? '–'} />,
  },
  {
    id: 'state',
    label: say.columns.state,
    cell: ({ state }) => <CellText title={state} />,
  },
  {
    id: 'givenBy',
    label: say.columns.givenBy,
    cell: ({ approvedBy, givenBy }) => (
      <Cell>
        <Actor actor={givenBy} />
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

/** Who had what, one entry a row. */
export function ReviewTable(props: { entries: AccessEntry[] }) {
  return (
    <Table
      columnConfig={COLUMNS}
      data={props.entries.map((entry, index) => ({
        ...entry,
        id: `${entry.reference}/${entry.subject}/${index}`,
      }))}
      aria-label={say.table}
      pagination={{ type: 'none' }}
    />
  );
}
