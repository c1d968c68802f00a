import { useState } from 'react';
import { Alert } from '@backstage/ui';
import type { Model, Release } from '@ml-platform/plugin-ml-common';
import { isFinal, isWaiting } from '@ml-platform/plugin-ml-common';
import { useReleaseActions } from '../../hooks/useReleaseActions';
import { useRequest } from '../../hooks/useRequest';
import { deploymentTo } from '../../lib/summary';
import { texts } from '../../texts';
import { AbortCanaryDialog } from '../Environments/AbortCanaryDialog';
import { PromoteDialog } from '../PromoteDialog';
import { RollbackDialog } from '../RollbackDialog';
import { ActionButton } from '../shared';
import classes from './ReleasePage.module.css';

/** What can be done about a release now; who may not reads why. */
export function ReleaseButtons(props: {
  model: Model;
  release: Release;
  onChange: () => void;
}) {
  const { model, onChange, release } = props;
  const { environment, id, rollout, state, version } = release;
  const all = useReleaseActions(model);
  const actions = all[environment];
  const [dialog, setDialog] = useState<'abort' | 'promote' | 'rollback'>();
  const toggle = rollout?.state === 'paused' ? 'resume' : 'pause';
  const steer = useRequest({
    send: api => api.steerRelease(id, toggle),
    done: texts.canary.done,
    onDone: onChange,
    onClose: () => {},
  });
  const close = () => setDialog(undefined);
  const deployment = deploymentTo(model, environment);
  const isLive = isFinal(state) && deployment?.version === version;
  return (
    <>
      <div className={classes.buttons}>
        {state === 'progressing' && rollout && (
          <>
            <ActionButton
              action={
                steer.sending
                  ? { enabled: false, reason: 'Sending…' }
                  : actions.steer[toggle]
              }
              label={texts.canary.actions[toggle]}
              onPress={steer.submit}
            />
            <ActionButton
              action={actions.steer.abort}
              label={texts.canary.actions.abort}
              onPress={() => setDialog('abort')}
            />
          </>
        )}
        {isWaiting(state) && (
          <ActionButton
            action={actions.steer.abort}
            label={texts.canary.actions.abort}
            description={texts.waiting.abortTitle(release).replace('?', '')}
            onPress={() => setDialog('abort')}
          />
        )}
        {isLive && (
          <ActionButton
            action={actions.rollback}
            label={
              actions.rollbackVersion
                ? `${texts.actions.rollback} to ${actions.rollbackVersion}`
                : texts.actions.rollback
            }
            onPress={() => setDialog('rollback')}
          />
        )}
        {isLive && environment === 'staging' && (
          <ActionButton
            action={all.production.deployVersion(version)}
            label={texts.promote.label}
            description={`${texts.promote.label}: ${model.name} ${version}`}
            variant="primary"
            onPress={() => setDialog('promote')}
          />
        )}
      </div>
      {steer.error && (
        <Alert status="danger" icon title={steer.error} role="alert" />
      )}
      {dialog === 'abort' && (
        <AbortCanaryDialog
          release={release}
          action={actions.steer.abort}
          onClose={close}
        />
      )}
      {dialog === 'rollback' && deployment && (
        <RollbackDialog
          deployment={deployment}
          action={actions.rollback}
          onStarted={onChange}
          onClose={close}
        />
      )}
      {dialog === 'promote' && (
        <PromoteDialog
          model={model}
          version={version}
          action={all.production.deployVersion(version)}
          onStarted={onChange}
          onClose={close}
        />
      )}
    </>
  );
}
