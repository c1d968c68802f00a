import { Text } from '@backstage/ui';
import type { Deployment } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { ActorName, HealthLabel, RelativeTime, StateLabel } from '../shared';
import classes from './ModelsPage.module.css';

/** What is live in one environment, how it is, and what is on its way. */
export function EnvironmentCell(props: { deployment: Deployment | undefined }) {
  const { deployment } = props;
  if (
    !deployment?.version &&
    !deployment?.activeRelease &&
    !deployment?.lastFailure
  ) {
    return (
      <Text as="span" variant="body-small" color="secondary">
        {texts.models.neverDeployed}
      </Text>
    );
  }
  const { version, since, by, activeRelease, lastFailure } = deployment;
  return (
    <div className={classes.environment}>
      {version && (
        <div className={classes.live}>
          <Text weight="bold">{version}</Text>
          <HealthLabel deployment={deployment} />
        </div>
      )}
      {version && since && (
        <Text variant="body-small" color="secondary">
          <RelativeTime iso={since} /> by <ActorName actor={by} />
        </Text>
      )}
      {lastFailure && (
        <StateLabel
          word={`Release #${lastFailure.number} to ${lastFailure.version} failed`}
          tone="danger"
          detail={lastFailure.error}
        />
      )}
      {activeRelease && (
        <StateLabel
          word={`${activeRelease.version} on its way: ${texts.releaseState[
            activeRelease.state
          ].toLocaleLowerCase('en-US')}`}
          tone="info"
          active
        />
      )}
    </div>
  );
}
