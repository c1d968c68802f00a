import { useMemo, useState } from 'react';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
  Select,
  Text,
  TextAreaField,
} from '@backstage/ui';
import type { Deployment } from '@ml-platform/plugin-ml-common';
import { useReleaseRequest } from '../../hooks/useReleaseRequest';
import type { ActionState } from '../../lib/actions';
import { randomKey } from '../../lib/randomKey';
import { texts } from '../../texts';
import { ActionButton } from '../shared';

/** Asks once before a rollback, and names what it does and does not do. */
export function RollbackDialog(props: {
  deployment: Deployment;
  action: ActionState;
  onStarted: () => void;
  onClose: () => void;
}) {
  const { deployment, action, onStarted, onClose } = props;
  const { model, environment } = deployment;
  // The question stays the one that was asked, also when the world moves on meanwhile.
  const [from] = useState(deployment.version ?? '');
  const [choices] = useState(
    deployment.rollbackVersions ??
      (deployment.rollbackVersion ? [deployment.rollbackVersion] : []),
  );
  const [to, setTo] = useState(deployment.rollbackVersion ?? '');
  const [reason, setReason] = useState('');
  const request = useMemo(
    () => ({
      body: { environment, version: to, reason: reason.trim() || undefined },
      idempotencyKey: randomKey(),
    }),
    [environment, to, reason],
  );
  const { submit, sending, error } = useReleaseRequest({
    send: api =>
      api.rollback(model, request.body, {
        idempotencyKey: request.idempotencyKey,
      }),
    onStarted,
    onClose,
  });
  return (
    <Dialog isOpen onOpenChange={open => !open && onClose()} width={560}>
      <DialogHeader>{texts.rollback.title(environment)}</DialogHeader>
      <DialogBody>
        <Flex direction="column" gap="4">
          <Text as="p">{texts.rollback.what(from, to, environment)}</Text>
          {choices.length > 1 && (
            <Select
              label={texts.rollback.choose}
              value={to}
              onChange={key => key && setTo(String(key))}
              options={choices.map(version => ({
                value: version,
                label: version,
              }))}
            />
          )}
          <div>
            <Text as="p" weight="bold">
              {texts.rollback.notRestored}
            </Text>
            <ul>
              {texts.rollback.notRestoredItems(from).map(item => (
                <li key={item}>
                  <Text>{item}</Text>
                </li>
              ))}
            </ul>
          </div>
          <TextAreaField
            label={texts.deploy.reason}
            description={texts.rollback.reasonHelp}
            value={reason}
            onChange={setReason}
            rows={2}
            maxLength={1000}
          />
          {error && <Alert status="danger" icon title={error} role="alert" />}
        </Flex>
      </DialogBody>
      <DialogFooter>
        <ActionButton
          action={sending ? { enabled: false, reason: 'Sending…' } : action}
          label={texts.rollback.submit(to)}
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
