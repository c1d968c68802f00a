import { Cell, type ColumnConfig, Text } from '@backstage/ui';
import { DEFAULT_NAMESPACE } from '@backstage/catalog-model';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { Environment, Model } from '@ml-platform/plugin-ml-common';
import { deploymentTo } from '../../lib/summary';
import { texts } from '../../texts';
import { EnvironmentCell } from './EnvironmentCell';
import classes from './ModelsPage.module.css';

/** A model with the id that a table needs. */
export type ModelRow = Model & { id: string };

const environmentColumn = (
  environment: Environment,
): ColumnConfig<ModelRow> => ({
  id: environment,
  label: texts.environment[environment],
  width: '2fr',
  cell: model => (
    <Cell className={classes.cell}>
      <EnvironmentCell deployment={deploymentTo(model, environment)} />
    </Cell>
  ),
});

/** Columns of the table of models. */
export const modelColumns: ColumnConfig<ModelRow>[] = [
  {
    id: 'model',
    label: 'Model',
    isRowHeader: true,
    width: '3fr',
    cell: model => (
      <Cell className={classes.cell}>
        <div className={classes.model}>
          <strong>
            <EntityRefLink
              entityRef={{
                kind: 'model',
                namespace: DEFAULT_NAMESPACE,
                name: model.name,
              }}
              title={model.name}
              hideIcon
            />
          </strong>
          <Text
            as="p"
            variant="body-small"
            color="secondary"
            className={classes.description}
            title={model.description}
          >
            {model.description}
          </Text>
        </div>
      </Cell>
    ),
  },
  environmentColumn('production'),
  environmentColumn('staging'),
  {
    id: 'latest',
    label: 'Latest',
    width: '1fr',
    cell: model => (
      <Cell className={classes.cell}>
        <Text>{model.latestVersion ?? texts.noData}</Text>
      </Cell>
    ),
  },
  {
    id: 'owner',
    label: 'Owner',
    width: '1fr',
    cell: model => (
      <Cell className={classes.cell}>
        <EntityRefLink entityRef={model.owner} defaultKind="group" hideIcon />
      </Cell>
    ),
  },
];
