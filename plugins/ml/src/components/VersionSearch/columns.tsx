import { Cell, CellText, type ColumnConfig, Flex, Text } from '@backstage/ui';
import { DEFAULT_NAMESPACE } from '@backstage/catalog-model';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { Version } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { Actor, RelativeTime, VersionChips } from '../shared';

/** Metrics over all data that fit into a cell. */
const SHOWN = 3;

/** Columns of the table of versions of all models. */
export const searchColumns: ColumnConfig<Version & { id: string }>[] = [
  {
    id: 'version',
    label: texts.search.columns.version,
    isRowHeader: true,
    width: '3fr',
    cell: version => (
      <Cell>
        <Flex align="center" gap="2">
          <EntityRefLink
            entityRef={{
              kind: 'model',
              namespace: DEFAULT_NAMESPACE,
              name: version.model,
            }}
            title={version.id}
            hideIcon
          />
          <VersionChips version={version} />
        </Flex>
      </Cell>
    ),
  },
  {
    id: 'owner',
    label: texts.search.columns.owner,
    width: '2fr',
    cell: version => (
      <Cell>
        <EntityRefLink
          entityRef={version.package.owner}
          defaultKind="group"
          hideIcon
        />
      </Cell>
    ),
  },
  {
    id: 'metrics',
    label: texts.search.columns.metrics,
    width: '2.5fr',
    cell: version => (
      <CellText
        title={version.card.quantitativeAnalysis.performanceMetrics
          .filter(({ slice }) => !slice)
          .slice(0, SHOWN)
          .map(({ type, value }) => `${type} ${value}`)
          .join(', ')}
      />
    ),
  },
  {
    id: 'format',
    label: texts.search.columns.format,
    width: '1fr',
    cell: version => <CellText title={version.format} />,
  },
  {
    id: 'registered',
    label: texts.search.columns.registered,
    width: '2fr',
    cell: version => (
      <Cell>
        <Text>
          <RelativeTime iso={version.createdAt} /> by{' '}
          <Actor actor={version.createdBy} />
        </Text>
      </Cell>
    ),
  },
];
