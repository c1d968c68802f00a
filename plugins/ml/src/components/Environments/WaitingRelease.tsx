import { useState } from 'react';
import { Link, Text } from '@backstage/ui';
import type { Release } from '@ml-platform/plugin-ml-common';
import type { ReleaseActions } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton } from '../shared';
import { AbortCanaryDialog } from './AbortCanaryDialog';
import classes from './Environments.module.css';

/** A release that waits at the gate or for an approval: for what, and how to end it. */
export function WaitingRelease(props: {
  release: Release;
  actions: ReleaseActions;
}) {
  const { release, actions } = props;
  const [aborting, setAborting] = useState(false);
  return (
    <div className={classes.canary}>
      <Text as="p" variant="body-small">
        {texts.waiting.why(release)}
      </Text>
      <div className={classes.actions}>
        <ActionButton
          action={actions.steer.abort}
          label={texts.canary.actions.abort}
          description={texts.waiting.abortTitle(release).replace('?', '')}
          onPress={() => setAborting(true)}
        />
      </div>
      <Link href={`/ml/releases/${release.id}`}>{texts.releasePage.open}</Link>
      {release.state === 'approval' && (
        <Link href="/ml/approvals">{texts.waiting.toApprovals}</Link>
      )}
      {aborting && (
        <AbortCanaryDialog
          release={release}
          action={actions.steer.abort}
          onClose={() => setAborting(false)}
        />
      )}
    </div>
  );
}
