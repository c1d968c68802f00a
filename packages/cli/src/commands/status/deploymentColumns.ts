import {
  type Deployment,
  type Health,
  isWaiting,
} from '@ml-platform/plugin-ml-common';
import { formatBytes } from '../../output/format';
import type { Column, Output } from '../../output/Output';
import type { Color } from '../../output/Style';

const COLORS: Record<Health, Color> = {
  healthy: 'green',
  starting: 'yellow',
  failed: 'red',
  unknown: 'yellow',
  none: 'dim',
};

/** Columns of a table of deployments. */
export function deploymentColumns(output: Output): Column<Deployment>[] {
  return [
    { header: 'MODEL', cell: item => item.model },
    { header: 'ENVIRONMENT', cell: item => item.environment },
    { header: 'VERSION', cell: item => item.version ?? '-' },
    {
      header: 'HEALTH',
      cell: item => output.paint(COLORS[item.health] ?? 'dim', item.health),
    },
    {
      header: 'REPLICAS',
      cell: ({ replicas }) =>
        replicas ? `${replicas.ready}/${replicas.wanted}` : '-',
    },
    {
      header: 'MEMORY',
      cell: ({ memoryBytes }) =>
        memoryBytes === undefined ? '-' : formatBytes(memoryBytes),
    },
    { header: 'SINCE', cell: item => output.time(item.since) },
    { header: 'BY', cell: item => item.by ?? '-' },
    { header: 'RELEASE', cell: releaseOf },
  ];
}

/** The release under way, else the one that is live. */
function releaseOf({ activeRelease, releaseNumber }: Deployment): string {
  if (activeRelease) {
    const { kind, rollout, version, state } = activeRelease;
    if (rollout) {
      return `#${activeRelease.number} ${activeRelease.strategy} ${version}: ${
        rollout.phase ?? `${rollout.weight} %`
      }, ${rollout.state}`;
    }
    if (isWaiting(state)) {
      return `#${activeRelease.number} ${version} waits: ${state}`;
    }
    const verb = kind === 'rollback' ? 'rolling back to' : 'deploying';
    return `#${activeRelease.number} ${verb} ${version}: ${state}`;
  }
  return releaseNumber === undefined ? '-' : `#${releaseNumber}`;
}
