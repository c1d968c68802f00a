import { Cell, CellText, type ColumnConfig, Text } from '@backstage/ui';
import Link from '@material-ui/core/Link';
import type { Release } from '@ml-platform/plugin-ml-common';
import { releaseDuration } from '../../lib/releases';
import { texts } from '../../texts';
import { Actor, ReleaseStateLabel, RelativeTime } from '../shared';
import classes from './Deployments.module.css';

/** Columns of the release history; the release's own id serves the table. */
export function releaseColumns(options: {
  onOpen: (id: string) => void;
}): ColumnConfig<Release>[] {
  const { onOpen } = options;
  return [
    {
      id: 'number',
      label: 'Release',
      width: '1.2fr',
      isRowHeader: true,
      cell: release => (
        <Cell>
          <Link
            component="button"
            variant="body2"
            onClick={() => onOpen(release.id)}
            aria-label={`#${release.number} ${
              texts.releaseKind[release.kind]
            } to ${release.environment}, details`}
          >
            <strong>#{release.number}</strong> {texts.releaseKind[release.kind]}
          </Link>
        </Cell>
      ),
    },
    {
      id: 'environment',
      label: 'Environment',
      width: '1fr',
      cell: release => (
        <CellText title={texts.environment[release.environment]} />
      ),
    },
    {
      id: 'change',
      label: 'Version',
      width: '1.2fr',
      cell: release => (
        <Cell>
          <Text>
            {release.fromVersion && (
              <Text color="secondary">{release.fromVersion} → </Text>
            )}
            <strong>{release.version}</strong>
          </Text>
        </Cell>
      ),
    },
    {
      id: 'state',
      label: 'State',
      width: '1fr',
      cell: release => (
        <Cell>
          <ReleaseStateLabel release={release} />
        </Cell>
      ),
    },
    {
      id: 'when',
      label: 'When',
      width: '1.6fr',
      cell: release => (
        <Cell>
          <div className={classes.note}>
            <Text>
              <RelativeTime iso={release.createdAt} />
            </Text>
            <Text variant="body-small" color="secondary">
              by <Actor actor={release.requestedBy} />
            </Text>
          </div>
        </Cell>
      ),
    },
    {
      id: 'duration',
      label: 'Took',
      width: '0.8fr',
      cell: release => <CellText title={releaseDuration(release)} />,
    },
    {
      id: 'note',
      label: 'Reason',
      width: '2.2fr',
      cell: release => (
        <Cell>
          <div className={classes.note}>
            {release.error && (
              <Text variant="body-small" className={classes.error}>
                {release.error}
              </Text>
            )}
            <Text variant="body-small" color="secondary">
              {release.reason ?? (release.error ? '' : '–')}
            </Text>
          </div>
        </Cell>
      ),
    },
  ];
}
