import { useRequest } from '../../hooks/useRequest';
import { texts } from '../../texts';
import { EffectsDialog } from './EffectsDialog';
import type { LifecycleDialogProps } from './LifecycleDialog';

/** Makes a draft a registered version. */
export function PublishDialog(props: LifecycleDialogProps) {
  const { version, action, onDone, onClose } = props;
  const name = version.version;
  const say = texts.publish;
  const request = useRequest({
    send: api => api.versions.publish(version.model, name),
    done: () => say.done(name),
    onDone,
    onClose,
  });
  return (
    <EffectsDialog
      title={say.title(name)}
      will={say.will(name)}
      willNot={say.willNot}
      submit={say.submit(name)}
      action={action}
      request={request}
      onClose={onClose}
    />
  );
}

/** Takes the notice of a version's end back. */
export function UndeprecateDialog(props: LifecycleDialogProps) {
  const { version, action, onDone, onClose } = props;
  const name = version.version;
  const say = texts.undeprecate;
  const request = useRequest({
    send: api => api.versions.undeprecate(version.model, name),
    done: () => say.done(name),
    onDone,
    onClose,
  });
  return (
    <EffectsDialog
      title={say.title(name)}
      will={say.will(name)}
      willNot={say.willNot}
      submit={say.submit}
      action={action}
      request={request}
      onClose={onClose}
    />
  );
}
