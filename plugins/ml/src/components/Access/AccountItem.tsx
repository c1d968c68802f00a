import { Text } from '@backstage/ui';
import type { ServiceAccount } from '@ml-platform/plugin-ml-common';
import { firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import {
  ActionButton,
  Actor,
  CardItem,
  RelativeTime,
  StateLabel,
} from '../shared';

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
    <CardItem
      title={ref}
      state={
        <StateLabel
          word={isOver ? say.revoked : say.active}
          tone={isOver ? 'danger' : 'success'}
        />
      }
    >
      <Text as="p">{account.description}</Text>
      <Text as="p" variant="body-small" color="secondary">
        <Actor actor={account.owner} /> {say.by} · {say.used}{' '}
        {account.lastUsedAt ? (
          <RelativeTime iso={account.lastUsedAt} />
        ) : (
          texts.access.never.toLowerCase()
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
    </CardItem>
  );
}
