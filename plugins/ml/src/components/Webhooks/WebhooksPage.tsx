import { useState } from 'react';
import { Button, Container, Flex, Text } from '@backstage/ui';
import { RiAddLine, RiBroadcastLine } from '@remixicon/react';
import type { Webhook } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import { texts } from '../../texts';
import { CardList } from '../shared';
import { LoadingState, QueryView, StateMessage } from '../states';
import { AddWebhookDialog } from './AddWebhookDialog';
import { DeliveriesPanel } from './DeliveriesPanel';
import { WebhookItem } from './WebhookItem';

/** `/ml/webhooks`: who is told of events, and what became of it. */
export function WebhooksPage() {
  const say = texts.webhooks;
  const [adding, setAdding] = useState(false);
  const [open, setOpen] = useSearchParameter('webhook');
  const query = useMlQuery({
    key: 'webhooks',
    load: api => api.webhooks.list(),
  });
  const add = (
    <Button
      size="small"
      variant="primary"
      iconStart={<RiAddLine />}
      onPress={() => setAdding(true)}
    >
      {say.add}
    </Button>
  );
  return (
    <Container>
      <Flex direction="column" gap="4" mt="4" mb="6">
        <Text as="p" color="secondary">
          {say.intro}
        </Text>
        <QueryView query={query} loading={<LoadingState lines={6} />}>
          {({ items }) => (
            <>
              {items.length === 0 ? (
                <StateMessage
                  kind="empty"
                  icon={<RiBroadcastLine />}
                  title={say.none}
                  action={add}
                >
                  <Text as="p" color="secondary">
                    {say.noneHelp}
                  </Text>
                </StateMessage>
              ) : (
                <>
                  <Flex justify="end">{add}</Flex>
                  <CardList label={say.title}>
                    {items.map(webhook => (
                      <WebhookItem
                        key={webhook.id}
                        webhook={webhook}
                        onDeliveries={() => setOpen(webhook.id)}
                        onChange={query.reload}
                      />
                    ))}
                  </CardList>
                </>
              )}
              {renderDeliveries(items)}
            </>
          )}
        </QueryView>
      </Flex>
      {adding && (
        <AddWebhookDialog
          onDone={query.reload}
          onClose={() => setAdding(false)}
        />
      )}
    </Container>
  );

  function renderDeliveries(items: Webhook[]) {
    const webhook = items.find(({ id }) => id === open);
    return (
      webhook && (
        <DeliveriesPanel webhook={webhook} onClose={() => setOpen(undefined)} />
      )
    );
  }
}
