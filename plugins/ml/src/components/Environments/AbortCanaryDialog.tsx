import { useState } from 'react';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
  Text,
  TextAreaField,
} from '@backstage/ui';
import type { Release } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import type { ActionState } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton } from '../shared';

/** Asks once before a canary is aborted. */
export function AbortCanaryDialog(props: {
  release: Release;
  action: ActionState;
  onClose: () => void;
}) {
  const { release, action, onClose } = props;
  const [reason, setReason] = useState('');
  const { submit, sending, error } = useRequest({
    send: api =>
      api.steerRelease(release.id, 'abort', {
        reason: reason.trim() || undefined,
      }),
    done: texts.canary.done,
    onDone: () => {},
    onClose,
  });
  return (
    <Dialog isOpen onOpenChange={open => !open && onClose()} width={520}>
      <DialogHeader>{texts.canary.abortTitle(release.version)}</DialogHeader>
      <DialogBody>
        <Flex direction="column" gap="4">
          <Text as="p">{texts.canary.abortWhat(release.rollout!.stable)}</Text>
          <TextAreaField
            label={texts.deploy.reason}
            description={texts.canary.abortReason}
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
          label={texts.canary.actions.abort}
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
