import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
  TextAreaField,
} from '@backstage/ui';
import type { Environment, Model } from '@ml-platform/plugin-ml-common';
import { useReleaseRequest } from '../../hooks/useReleaseRequest';
import { texts } from '../../texts';
import { ActionButton } from '../shared';
import { QueryView } from '../states';
import { DeployEffects } from './DeployEffects';
import { EnvironmentChoice } from './EnvironmentChoice';
import { StrategyChoice } from './StrategyChoice';
import { useDeployForm } from './useDeployForm';
import { VersionSelect } from './VersionSelect';

/** Asks which version goes where and why, and says what will happen. */
export function DeployDialog(props: {
  model: Model;
  environment?: Environment;
  version?: string;
  onStarted: () => void;
  onClose: () => void;
}) {
  const { model, onStarted, onClose } = props;
  const form = useDeployForm(props);
  const { submit, sending, error } = useReleaseRequest({
    send: api =>
      api.createRelease(model.name, form.request.body, {
        idempotencyKey: form.request.idempotencyKey,
      }),
    onStarted,
    onClose,
  });
  return (
    <Dialog isOpen onOpenChange={open => !open && onClose()} width={600}>
      <DialogHeader>{texts.deploy.title(model.name)}</DialogHeader>
      <DialogBody>
        <Flex direction="column" gap="4">
          <EnvironmentChoice
            value={form.environment}
            actions={form.actions}
            onChange={form.setEnvironment}
          />
          <QueryView query={form.versions}>
            {versions => (
              <VersionSelect
                versions={versions}
                environment={form.environment}
                actions={form.actions[form.environment]}
                value={form.version}
                onChange={form.setVersion}
              />
            )}
          </QueryView>
          {form.from && (
            <StrategyChoice
              environment={form.environment}
              value={form.strategy}
              onChange={form.setStrategy}
            />
          )}
          {form.stopped && <Alert status="warning" icon title={form.stopped} />}
          <TextAreaField
            label={texts.deploy.reason}
            description={texts.deploy.reasonHelp}
            value={form.reason}
            onChange={form.setReason}
            rows={2}
            maxLength={1000}
          />
          {form.to && (
            <DeployEffects
              environment={form.environment}
              from={form.from}
              to={form.to}
              canary={form.strategy === 'canary'}
              waitsAtGate={form.waitsAtGate}
              supersedes={form.supersedes}
            />
          )}
          {error && <Alert status="danger" icon title={error} role="alert" />}
        </Flex>
      </DialogBody>
      <DialogFooter>
        <ActionButton
          action={
            sending ? { enabled: false, reason: 'Sending…' } : form.submit
          }
          label={
            form.version
              ? texts.deploy.submit(form.version, form.environment)
              : texts.actions.deploy
          }
          variant="primary"
          onPress={submit}
        />
        <Button variant="secondary" size="small" onPress={onClose}>
          Cancel
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
