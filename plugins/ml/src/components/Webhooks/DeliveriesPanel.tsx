import { Flex, Text } from '@backstage/ui';
import { RiMailSendLine } from '@remixicon/react';
import type { Webhook, WebhookDelivery } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useRequest } from '../../hooks/useRequest';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import type { Tone } from '../../lib/health';
import { shortType, webhookActions } from '../../lib/webhooks';
import { texts } from '../../texts';
import {
  ActionButton,
  CardItem,
  CardList,
  Pager,
  RelativeTime,
  SidePanel,
  StateLabel,
} from '../shared';
import { QueryView, StateMessage } from '../states';

const PAGE_SIZE = 20;

const TONES: Record<WebhookDelivery['state'], Tone> = {
  pending: 'info',
  delivered: 'success',
  failed: 'danger',
};

/** What was sent to a webhook or will be, newest first. */
export function DeliveriesPanel(props: {
  webhook: Webhook;
  onClose: () => void;
}) {
  const { webhook, onClose } = props;
  const say = texts.webhooks;
  const [cursor, setCursor] = useSearchParameter('before');
  const query = useMlQuery({
    key: `deliveries:${webhook.id}:${cursor ?? ''}`,
    load: api =>
      api.webhooks.deliveries(webhook.id, { limit: PAGE_SIZE, cursor }),
    underWay: page => page.items.some(({ state }) => state === 'pending'),
    keepPrevious: true,
  });
  return (
    <SidePanel
      title={say.deliveriesOf(webhook.url)}
      onClose={() => {
        setCursor(undefined);
        onClose();
      }}
    >
      <QueryView query={query}>
        {page =>
          page.items.length === 0 ? (
            <StateMessage
              kind="empty"
              icon={<RiMailSendLine />}
              title={say.noDelivery}
            >
              <Text as="p" color="secondary">
                {say.noDeliveryHelp}
              </Text>
            </StateMessage>
          ) : (
            <>
              <CardList label={say.deliveries}>
                {page.items.map(delivery => (
                  <Delivery
                    key={delivery.id}
                    webhook={webhook}
                    delivery={delivery}
                    onDone={query.reload}
                  />
                ))}
              </CardList>
              <Pager
                cursor={cursor}
                nextCursor={page.nextCursor}
                first={say.newest}
                next={say.older}
                onChange={setCursor}
              />
            </>
          )
        }
      </QueryView>
    </SidePanel>
  );
}

function Delivery(props: {
  webhook: Webhook;
  delivery: WebhookDelivery;
  onDone: () => void;
}) {
  const { webhook, delivery, onDone } = props;
  const say = texts.webhooks;
  const type = shortType(delivery.type);
  const request = useRequest({
    send: api => api.webhooks.replay(webhook.id, delivery.id),
    done: () => say.replayed,
    onDone,
    onClose: () => {},
  });
  return (
    <CardItem
      title={type}
      state={
        <StateLabel
          word={say.deliveryState[delivery.state]}
          tone={TONES[delivery.state]}
          active={delivery.state === 'pending' && !webhook.pausedAt}
        />
      }
    >
      <Text as="p" variant="body-small" color="secondary">
        <RelativeTime iso={delivery.createdAt} /> ·{' '}
        {say.attempts(delivery.attempts)}
        {delivery.lastStatus !== undefined && (
          <> · {say.answered(delivery.lastStatus)}</>
        )}
        {delivery.nextAttemptAt && delivery.attempts > 0 && (
          <>
            {' '}
            · {say.next} <RelativeTime iso={delivery.nextAttemptAt} />
          </>
        )}
      </Text>
      {(request.error ?? delivery.lastError) && (
        <Text as="p" variant="body-small" color="danger">
          {request.error ?? delivery.lastError}
        </Text>
      )}
      <Flex>
        <ActionButton
          action={
            request.sending
              ? { enabled: false, reason: say.sending }
              : webhookActions(webhook).replay
          }
          label={say.replay}
          description={say.describe(say.replay, type)}
          onPress={request.submit}
        />
      </Flex>
    </CardItem>
  );
}
