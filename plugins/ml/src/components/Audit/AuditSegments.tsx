import {
  Accordion,
  AccordionPanel,
  AccordionTrigger,
  Cell,
  CellText,
  type ColumnConfig,
  Table,
  Text,
} from '@backstage/ui';
import type { AuditSegment } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { StateLabel } from '../shared';
import { LoadingState, QueryView } from '../states';

const TONE = {
  open: 'neutral',
  sealed: 'success',
  held: 'warning',
  due: 'neutral',
  disposed: 'neutral',
} as const;

type Row = AuditSegment & { id: string };

const COLUMNS: ColumnConfig<Row>[] = [
  {
    id: 'month',
    label: texts.auditSegments.columns.month,
    isRowHeader: true,
    cell: ({ month }) => <CellText title={month} />,
  },
  {
    id: 'state',
    label: texts.auditSegments.columns.state,
    cell: ({ state }) => (
      <Cell>
        <StateLabel
          tone={TONE[state]}
          word={texts.auditSegments.states[state]}
        />
      </Cell>
    ),
  },
  {
    id: 'entries',
    label: texts.auditSegments.columns.entries,
    cell: ({ end, start }) => (
      <CellText title={(end - start).toLocaleString('en-US')} />
    ),
  },
  {
    id: 'kept',
    label: texts.auditSegments.columns.kept,
    cell: ({ disposedAt, holds, keptUntil }) => (
      <CellText
        title={
          disposedAt
            ? texts.auditSegments.disposed(disposedAt.slice(0, 10))
            : keptUntil.slice(0, 10)
        }
        description={
          holds.length ? texts.auditSegments.held(holds.length) : undefined
        }
      />
    ),
  },
];

/** The months of the log: what is sealed, what is kept, and until when. */
export function AuditSegments() {
  const say = texts.auditSegments;
  return (
    <Accordion>
      <AccordionTrigger title={say.title} subtitle={say.intro} />
      <AccordionPanel>
        <SegmentTable />
      </AccordionPanel>
    </Accordion>
  );
}

function SegmentTable() {
  const say = texts.auditSegments;
  const query = useMlQuery({
    key: 'audit:segments',
    load: api => api.audit.segments(),
  });
  return (
    <QueryView query={query} loading={<LoadingState lines={4} />}>
      {segments =>
        segments.length ? (
          <>
            <Table
              columnConfig={COLUMNS}
              data={[...segments]
                .reverse()
                .map(segment => ({ ...segment, id: segment.month }))}
              aria-label={say.title}
              pagination={{ type: 'none' }}
            />
            <Text as="p" color="secondary">
              {say.help}
            </Text>
          </>
        ) : (
          <Text as="p" color="secondary">
            {say.none}
          </Text>
        )
      }
    </QueryView>
  );
}
