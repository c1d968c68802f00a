import { Box, Flex, Text } from '@backstage/ui';
import type { ServiceAccount } from '@ml-platform/plugin-ml-common';
import { firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton, Actor, RelativeTime, StateLabel } from '../shared';
import classes from './Access.module.css';

/** A service account: what it may do, who answers for it, and its end. */
export function AccountItem(props: {
  account: ServiceAccount;
  onRevoke: () => void;
}) {
  const { account, onRevoke } = props;
  const { capabilities, environments, models, ref } = account;
  const say = texts.access.accounts;
  const isOver = account.revokedAt !== undefined;
  return (
    <Box as="li" bg="neutral" className={classes.item} aria-label={ref}>
      <Flex align="center" justify="between" gap="3">
        <Text as="h3" weight="bold">
          {ref}
        </Text>
        <StateLabel
          word={isOver ? say.revoked : say.active}
          tone={isOver ? 'danger' : 'success'}
        />
      </Flex>
      <Text as="p">{account.description}</Text>
      <Text as="p" variant="body-small" color="secondary">
        <Actor actor={account.owner} /> {say.by} · {say.used}{' '}
        {account.lastUsedAt ? (
          <RelativeTime iso={account.lastUsedAt} />
        ) : (
          texts.access.never
        )}
      </Text>
      <Text as="p" variant="body-small">
        {say.capabilities}: {capabilities.join(', ')} · {say.models}:{' '}
        {models.join(', ')} · {say.environments}: {environments.join(', ')}
      </Text>
      <div>
        <ActionButton
          action={firstReason(isOver && say.over)}
          label={say.revoke}
          description={say.describeRevoke(ref)}
          onPress={onRevoke}
        />
      </div>
    </Box>
  );
}
