import type { Webhook } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { ENABLED } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

/** Asks once before a receiver is told of nothing any more. */
export function RemoveWebhookDialog(props: {
  webhook: Webhook;
  onDone: () => void;
  onClose: () => void;
}) {
  const { webhook, onDone, onClose } = props;
  const say = texts.webhooks;
  const request = useRequest({
    send: api => api.webhooks.remove(webhook.id),
    done: () => say.removed,
    onDone,
    onClose,
  });
  return (
    <EffectsDialog
      title={say.removeTitle}
      will={say.removeWill(webhook.url)}
      willNot={say.removeWillNot}
      submit={say.removeSubmit}
      action={ENABLED}
      request={request}
      onClose={onClose}
    />
  );
}
