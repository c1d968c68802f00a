import { useState } from 'react';
import type { Environment } from '@ml-platform/plugin-ml-common';
import type { ModelState } from '../../hooks/useModel';
import { useReleaseActions } from '../../hooks/useReleaseActions';
import { deploymentTo } from '../../lib/summary';
import { DeployDialog } from '../DeployDialog';
import { RollbackDialog } from '../RollbackDialog';
import { EnvironmentPanel } from './EnvironmentPanel';
import classes from './Environments.module.css';

const ORDER: Environment[] = ['production', 'staging'];

/** Where a model is live, and the two things that can be done about it. */
export function EnvironmentStrip(props: ModelState & { onChange: () => void }) {
  const { model, newest, onChange } = props;
  const actions = useReleaseActions(model);
  const [dialog, setDialog] = useState<{
    kind: 'deploy' | 'rollback';
    environment: Environment;
  }>();
  const close = () => setDialog(undefined);
  const deployment = dialog && deploymentTo(model, dialog.environment);
  return (
    <>
      <div className={classes.strip}>
        {ORDER.map(environment => (
          <EnvironmentPanel
            key={environment}
            environment={environment}
            deployment={deploymentTo(model, environment)}
            newest={newest[environment]}
            actions={actions[environment]}
            onDeploy={() => setDialog({ kind: 'deploy', environment })}
            onRollback={() => setDialog({ kind: 'rollback', environment })}
          />
        ))}
      </div>
      {dialog?.kind === 'deploy' && (
        <DeployDialog
          model={model}
          environment={dialog.environment}
          onClose={close}
          onStarted={onChange}
        />
      )}
      {dialog?.kind === 'rollback' && deployment && (
        <RollbackDialog
          deployment={deployment}
          action={actions[dialog.environment].rollback}
          onClose={close}
          onStarted={onChange}
        />
      )}
    </>
  );
}
