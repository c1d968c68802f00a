import { Box, Text } from '@backstage/ui';
import { RiArrowGoBackLine, RiRocketLine } from '@remixicon/react';
import type {
  Deployment,
  Environment,
  Release,
} from '@ml-platform/plugin-ml-common';
import type { ReleaseActions } from '../../lib/actions';
import { healthView } from '../../lib/health';
import { texts } from '../../texts';
import {
  ActionButton,
  Actor,
  CopyButton,
  HealthLabel,
  RelativeTime,
} from '../shared';
import classes from './Environments.module.css';
import { FailedRelease } from './FailedRelease';
import { ReleaseProgress } from './ReleaseProgress';

/** One environment: version → health → since when → by whom → where. */
export function EnvironmentPanel(props: {
  environment: Environment;
  deployment: Deployment | undefined;
  /** The newest release, however it went. */
  newest: Release | undefined;
  actions: ReleaseActions;
  onDeploy: () => void;
  onRollback: () => void;
}) {
  const { environment, deployment, newest, actions, onDeploy, onRollback } =
    props;
  const name = texts.environment[environment];
  const health = healthView(deployment);
  return (
    <Box
      as="section"
      bg="neutral"
      className={classes.panel}
      aria-label={name}
      data-tone={deployment?.version ? health.tone : undefined}
    >
      <div className={classes.head}>
        <Text as="h3" variant="body-medium" weight="bold">
          {name}
        </Text>
        {deployment?.version && <HealthLabel deployment={deployment} />}
      </div>
      {deployment?.version ? (
        <Live deployment={deployment} />
      ) : (
        <Text as="p" color="secondary">
          {texts.models.notDeployed}
        </Text>
      )}
      {deployment?.version && health.tone === 'danger' && health.detail && (
        <Text as="p" variant="body-small">
          {health.detail}
        </Text>
      )}
      {newest &&
        ['failed', 'refused', 'rolled_back'].includes(newest.state) && (
          <FailedRelease release={newest} />
        )}
      {deployment?.activeRelease && (
        <ReleaseProgress release={deployment.activeRelease} actions={actions} />
      )}
      <div className={classes.actions}>
        <ActionButton
          action={actions.deploy}
          label={texts.actions.deploy}
          description={`Deploy to ${environment}`}
          icon={<RiRocketLine />}
          onPress={onDeploy}
        />
        <ActionButton
          action={actions.rollback}
          label={
            actions.rollbackVersion
              ? `${texts.actions.rollback} to ${actions.rollbackVersion}`
              : texts.actions.rollback
          }
          description={
            actions.rollbackVersion
              ? `Roll back to ${actions.rollbackVersion} in ${environment}`
              : `Roll back in ${environment}`
          }
          icon={<RiArrowGoBackLine />}
          onPress={onRollback}
        />
      </div>
    </Box>
  );
}

function Live(props: { deployment: Deployment }) {
  const { version, since, by, releaseNumber, endpoint } = props.deployment;
  const serving = texts.serving(props.deployment);
  return (
    <>
      <Text as="p" variant="title-small" weight="bold">
        {version}
      </Text>
      <Text as="p" variant="body-small" color="secondary">
        {since ? <RelativeTime iso={since} /> : texts.noData} by{' '}
        <Actor actor={by} />
        {releaseNumber !== undefined && ` · release #${releaseNumber}`}
      </Text>
      {serving && (
        <Text as="p" variant="body-small" color="secondary">
          {serving}
        </Text>
      )}
      <div className={classes.endpoint}>
        <code title={endpoint}>{endpoint}</code>
        <CopyButton text={endpoint} label="Copy endpoint" />
      </div>
    </>
  );
}
