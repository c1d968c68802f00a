import {
  Cell,
  CellText,
  Checkbox,
  type ColumnConfig,
  Flex,
  Text,
} from '@backstage/ui';
import Link from '@material-ui/core/Link';
import { RiRocketLine } from '@remixicon/react';
import type { Environment, Version } from '@ml-platform/plugin-ml-common';
import {
  type ActionState,
  type ReleaseActions,
  deployAnywhere,
} from '../../lib/actions';
import { formatBytes, shortDigest } from '../../lib/format';
import type { VersionAction } from '../../lib/versionActions';
import { texts } from '../../texts';
import { VersionMenu } from '../Lifecycle';
import {
  ActionButton,
  Actor,
  CopyButton,
  EnvironmentChip,
  RelativeTime,
  VersionChips,
} from '../shared';
import classes from './Versions.module.css';

/** A version with what a table needs beside it. */
export interface VersionRow extends Version {
  id: string;
  liveIn: Environment[];
  /** For a comparison. */
  chosen: boolean;
  steps: Record<VersionAction, ActionState>;
}

/** Columns of the table of versions. */
export function versionColumns(options: {
  actions: Record<Environment, ReleaseActions>;
  onChoose: (version: string) => void;
  onOpen: (version: string) => void;
  onDeploy: (version: string) => void;
  onStep: (version: string, step: VersionAction) => void;
}): ColumnConfig<VersionRow>[] {
  const { actions, onChoose, onOpen, onDeploy, onStep } = options;
  return [
    {
      id: 'compare',
      label: texts.compare.column,
      width: '0.9fr',
      cell: row => (
        <Cell>
          <Checkbox
            aria-label={texts.compare.choose(row.version)}
            isSelected={row.chosen}
            onChange={() => onChoose(row.version)}
          />
        </Cell>
      ),
    },
    {
      id: 'version',
      label: 'Version',
      width: '2.6fr',
      isRowHeader: true,
      cell: row => (
        <Cell>
          <Flex align="center" gap="2" className={classes.name}>
            <Link
              component="button"
              variant="body2"
              className={classes.version}
              onClick={() => onOpen(row.version)}
              aria-label={`Details of ${row.version}`}
            >
              {row.version}
            </Link>
            <VersionChips version={row} />
            {row.liveIn.map(environment => (
              <EnvironmentChip key={environment} environment={environment} />
            ))}
          </Flex>
        </Cell>
      ),
    },
    {
      id: 'digest',
      label: 'Digest',
      width: '1.5fr',
      cell: row => (
        <Cell>
          <Flex align="center" gap="1">
            <code className={classes.digest} title={row.digest}>
              {shortDigest(row.digest)}
            </code>
            <CopyButton
              text={row.digest}
              label={`Copy digest of ${row.version}`}
            />
          </Flex>
        </Cell>
      ),
    },
    {
      id: 'format',
      label: 'Format',
      width: '0.8fr',
      cell: row => <CellText title={row.format} />,
    },
    {
      id: 'size',
      label: 'Size',
      width: '0.8fr',
      cell: row => <CellText title={formatBytes(row.sizeBytes)} />,
    },
    {
      id: 'registered',
      label: 'Registered',
      width: '2fr',
      cell: row => (
        <Cell>
          <Text>
            <RelativeTime iso={row.createdAt} /> by{' '}
            <Actor actor={row.createdBy} />
          </Text>
        </Cell>
      ),
    },
    {
      id: 'deploy',
      label: 'Actions',
      width: '1.3fr',
      cell: row => (
        <Cell>
          <Flex align="center" gap="1">
            <ActionButton
              action={deployAnywhere(actions, row.version, row.state)}
              label={texts.actions.deploy}
              description={`Deploy ${row.version}`}
              icon={<RiRocketLine />}
              onPress={() => onDeploy(row.version)}
            />
            <VersionMenu
              version={row.version}
              actions={row.steps}
              onStep={step => onStep(row.version, step)}
            />
          </Flex>
        </Cell>
      ),
    },
  ];
}
