import { Alert } from '@backstage/ui';
import type { Release } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';

/** The newest release did not make it; what was live before still is. */
export function FailedRelease(props: { release: Release }) {
  const { release } = props;
  return (
    <Alert
      status="danger"
      icon
      title={texts.releaseFailed.title(release)}
      description={release.error ?? texts.releaseFailed.unknown}
    />
  );
}
