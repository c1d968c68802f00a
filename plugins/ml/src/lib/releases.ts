import type { Release } from '@ml-platform/plugin-ml-common';
import { texts } from '../texts';
import { formatDuration } from './time';

/** How long a release took, from the request to its end. */
export function releaseDuration(
  release: Pick<Release, 'createdAt' | 'finishedAt'>,
): string {
  return release.finishedAt
    ? formatDuration(
        Date.parse(release.finishedAt) - Date.parse(release.createdAt),
      )
    : texts.deployments.underWay;
}
