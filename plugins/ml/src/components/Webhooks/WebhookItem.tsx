import { useState } from 'react';
import { Button, Flex, Text } from '@backstage/ui';
import type { Webhook } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { ENABLED } from '../../lib/actions';
import type { Tone } from '../../lib/health';
import { shortType, webhookActions, webhookState } from '../../lib/webhooks';
import { texts } from '../../texts';
import {
  ActionButton,
  Actor,
  CardItem,
  RelativeTime,
  StateLabel,
} from '../shared';
import { RemoveWebhookDialog } from './RemoveWebhookDialog';

const TONES: Record<ReturnType<typeof webhookState>, Tone> = {
  active: 'success',
  paused: 'neutral',
  gone: 'danger',
};

/** A webhook, with what can be done with it. */
export function WebhookItem(props: {
  webhook: Webhook;
  onDeliveries: () => void;
  onChange: () => void;
}) {
  const { webhook, onDeliveries, onChange } = props;
  const { id, url } = webhook;
  const say = texts.webhooks;
  const [removing, setRemoving] = useState(false);
  const state = webhookState(webhook);
  const actions = webhookActions(webhook);
  const after = { onDone: onChange, onClose: () => {} };
  const test = useRequest({
    ...after,
    send: api => api.webhooks.test(id),
    done: () => say.tested,
  });
  const isRunning = state === 'active';
  const steer = useRequest({
    ...after,
    send: api => (isRunning ? api.webhooks.pause(id) : api.webhooks.resume(id)),
    done: () => (isRunning ? say.pausedDone : say.resumedDone),
  });
  const error = test.error ?? steer.error;
  return (
    <CardItem
      title={url}
      state={<StateLabel word={say.state[state]} tone={TONES[state]} />}
    >
      <Text as="p" variant="body-small" color="secondary">
        {webhook.types.map(shortType).join(', ') || say.allTypes} ·{' '}
        {webhook.model ?? say.allModels} · {say.created}{' '}
        <Actor actor={webhook.createdBy} />{' '}
        <RelativeTime iso={webhook.createdAt} />
        {webhook.pausedAt && webhook.pausedBy && (
          <>
            {' '}
            · {say.paused} <Actor actor={webhook.pausedBy} />{' '}
            <RelativeTime iso={webhook.pausedAt} />
          </>
        )}
      </Text>
      {error && (
        <Text as="p" variant="body-small" color="danger" role="alert">
          {error}
        </Text>
      )}
      <Flex gap="2">
        <Button
          size="small"
          variant="secondary"
          aria-label={say.describe(say.deliveries, url)}
          onPress={onDeliveries}
        >
          {say.deliveries}
        </Button>
        <ActionButton
          action={
            test.sending
              ? { enabled: false, reason: say.sending }
              : actions.test
          }
          label={say.test}
          description={say.describe(say.test, url)}
          onPress={test.submit}
        />
        <ActionButton
          action={
            steer.sending ? { enabled: false, reason: say.sending } : ENABLED
          }
          label={isRunning ? say.pause : say.resume}
          description={say.describe(isRunning ? say.pause : say.resume, url)}
          onPress={steer.submit}
        />
        <Button
          size="small"
          variant="tertiary"
          aria-label={say.describe(say.remove, url)}
          onPress={() => setRemoving(true)}
        >
          {say.remove}
        </Button>
      </Flex>
      {removing && (
        <RemoveWebhookDialog
          webhook={webhook}
          onDone={onChange}
          onClose={() => setRemoving(false)}
        />
      )}
    </CardItem>
  );
}
