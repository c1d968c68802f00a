import { useState } from 'react';
import { Box, Link, Text } from '@backstage/ui';
import { RiArrowRightLine } from '@remixicon/react';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import type {
  Deployment,
  Environment,
  Model,
} from '@ml-platform/plugin-ml-common';
import { useReleaseActions } from '../../hooks/useReleaseActions';
import type { ActionState } from '../../lib/actions';
import { deploymentTo } from '../../lib/summary';
import { texts } from '../../texts';
import { PromoteDialog } from '../PromoteDialog';
import { ActionButton, HealthLabel, RelativeTime } from '../shared';
import classes from './ReleaseBoard.module.css';

/** One model: staging, the way to production, and production. */
export function BoardRow(props: { model: Model; onChange: () => void }) {
  const { model, onChange } = props;
  const [promoting, setPromoting] = useState(false);
  const actions = useReleaseActions(model);
  const staging = deploymentTo(model, 'staging');
  const version = staging?.version;
  const action: ActionState = version
    ? actions.production.deployVersion(version)
    : { enabled: false, reason: texts.board.nothingStaged };
  const modelPage = useRouteRef(entityRouteRef)?.({
    kind: 'model',
    namespace: 'default',
    name: model.name,
  });
  return (
    <li className={classes.row}>
      <div className={classes.name}>
        <Link href={`${modelPage ?? ''}/deployments`}>
          {model.title ?? model.name}
        </Link>
      </div>
      <Stage environment="staging" deployment={staging} />
      <div className={classes.way}>
        <RiArrowRightLine aria-hidden />
        <ActionButton
          action={action}
          label={texts.board.promote}
          description={texts.promote.title(model.name, version ?? '')}
          onPress={() => setPromoting(true)}
        />
      </div>
      <Stage
        environment="production"
        deployment={deploymentTo(model, 'production')}
      />
      {promoting && version && (
        <PromoteDialog
          model={model}
          version={version}
          action={action}
          onStarted={onChange}
          onClose={() => setPromoting(false)}
        />
      )}
    </li>
  );
}

function Stage(props: {
  environment: Environment;
  deployment: Deployment | undefined;
}) {
  const { deployment, environment } = props;
  const { activeRelease, since, version } = deployment ?? {};
  return (
    <Box
      as="section"
      bg="neutral"
      className={classes.stage}
      aria-label={texts.environment[environment]}
    >
      <Text as="p" variant="body-small" color="secondary">
        {texts.environment[environment]}
      </Text>
      {deployment && version ? (
        <>
          <Text as="p" weight="bold">
            {version}
          </Text>
          <HealthLabel deployment={deployment} />
          {since && (
            <Text as="p" variant="body-small" color="secondary">
              <RelativeTime iso={since} />
            </Text>
          )}
        </>
      ) : (
        <Text as="p" color="secondary">
          {texts.models.notDeployed}
        </Text>
      )}
      {activeRelease && (
        <Link href={`/ml/releases/${activeRelease.id}`}>
          {texts.board.underWay(activeRelease)}
        </Link>
      )}
    </Box>
  );
}
