import { useState } from 'react';
import { Button, Flex, Text } from '@backstage/ui';
import { RiAddLine, RiRobot2Line } from '@remixicon/react';
import type { ServiceAccount } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { CardList } from '../shared';
import { LoadingState, QueryView, StateMessage } from '../states';
import { AccountItem } from './AccountItem';
import { CreateAccountDialog } from './CreateAccountDialog';
import { RevokeAccountDialog } from './RevokeAccountDialog';

/** Service accounts of the user's teams; of all teams for platform admins. */
export function AccountsView() {
  const say = texts.access.accounts;
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<ServiceAccount>();
  const query = useMlQuery({
    key: 'service-accounts',
    load: api => api.serviceAccounts.list(),
  });
  return (
    <>
      <Flex justify="end">
        <Button
          size="small"
          variant="primary"
          iconStart={<RiAddLine />}
          onPress={() => setAdding(true)}
        >
          {say.add}
        </Button>
      </Flex>
      <QueryView query={query} loading={<LoadingState lines={6} />}>
        {({ items }) =>
          items.length === 0 ? (
            <StateMessage kind="empty" icon={<RiRobot2Line />} title={say.none}>
              <Text as="p" color="secondary">
                {say.noneHelp}
              </Text>
            </StateMessage>
          ) : (
            <CardList label={say.list}>
              {items.map(account => (
                <AccountItem
                  key={account.ref}
                  account={account}
                  onRevoke={() => setRevoking(account)}
                />
              ))}
            </CardList>
          )
        }
      </QueryView>
      {adding && (
        <CreateAccountDialog
          onDone={query.reload}
          onClose={() => setAdding(false)}
        />
      )}
      {revoking && (
        <RevokeAccountDialog
          account={revoking}
          onDone={query.reload}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </>
  );
}
