import {
  type Environment,
  type GitopsItem,
  mlReleaseProductionPermission,
  mlReleaseStagingPermission,
} from '@ml-platform/plugin-ml-common';
import { Text } from '@backstage/ui';
import { useRequest } from '../../hooks/useRequest';
import { useRight } from '../../hooks/useRight';
import { type ActionState, ENABLED } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton } from '../shared';

/** Releases what a file says where the platform does not by itself. */
export function ApplyButton(props: { item: GitopsItem; onDone: () => void }) {
  const { item, onDone } = props;
  const { environment, model, state } = item;
  if (state !== 'drifted' || !environment || !model) return null;
  return <Apply environment={environment} model={model} onDone={onDone} />;
}

function Apply(props: {
  environment: Environment;
  model: string;
  onDone: () => void;
}) {
  const { environment, model, onDone } = props;
  const say = texts.gitops;
  const mayDeploy = useRight(
    environment === 'production'
      ? mlReleaseProductionPermission
      : mlReleaseStagingPermission,
    model,
  );
  const { error, sending, submit } = useRequest({
    send: api => api.gitops.apply({ model, environment }),
    done: say.applied,
    onDone,
    onClose: () => {},
  });
  const action: ActionState =
    mayDeploy === false
      ? { enabled: false, reason: say.mayNotApply(environment) }
      : ENABLED;
  return (
    <>
      <span>
        <ActionButton
          action={action}
          label={say.apply}
          description={say.describeApply(model, environment)}
          onPress={() => {
            if (!sending) submit();
          }}
        />
      </span>
      {error && (
        <Text variant="body-x-small" role="alert">
          {error}
        </Text>
      )}
    </>
  );
}
