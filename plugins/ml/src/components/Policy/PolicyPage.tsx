import { useState } from 'react';
import { Alert, Container, Flex, Link, Text } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { POLICY_KEYS, type PolicyKey } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { usePolicyAction } from '../../hooks/usePolicyAction';
import { rootRouteRef } from '../../routes';
import { texts } from '../../texts';
import { CardList, RelativeTime } from '../shared';
import { LoadingState, QueryView } from '../states';
import { ChangePolicyDialog } from './ChangePolicyDialog';
import { PolicyHistory } from './PolicyHistory';
import { PolicyItem } from './PolicyItem';

/** `/ml/policies`: what the platform obeys, what it obeyed before, and changes of it. */
export function PolicyPage() {
  const say = texts.policy;
  const approvals = `${useRouteRef(rootRouteRef)?.() ?? '/ml'}/approvals`;
  const [changing, setChanging] = useState<PolicyKey>();
  const actionOf = usePolicyAction();
  const query = useMlQuery({
    key: 'policy',
    load: async api => {
      const [state, { items }] = await Promise.all([
        api.policy.get(),
        api.approvals.list({ state: 'pending', limit: 100 }),
      ]);
      const waiting = items.filter(({ kind }) => kind.startsWith('policy.'));
      return { state, waiting: waiting.length };
    },
  });
  return (
    <Container>
      <Flex direction="column" gap="4" mt="4" mb="6">
        <Text as="p" color="secondary">
          {say.intro}
        </Text>
        <QueryView query={query} loading={<LoadingState lines={12} />}>
          {({ state, waiting }) => (
            <>
              {waiting > 0 && (
                <Alert
                  status="info"
                  icon
                  title={say.waiting(waiting)}
                  customActions={
                    <Link href={approvals}>{say.waitingLink}</Link>
                  }
                />
              )}
              <Text as="p">
                {say.version(state)}, {say.since}{' '}
                <RelativeTime iso={state.since} />
              </Text>
              <CardList label={say.title}>
                {POLICY_KEYS.filter(key => key in state.values).map(key => (
                  <PolicyItem
                    key={key}
                    name={key}
                    state={state}
                    action={actionOf(key, state)}
                    onChange={() => setChanging(key)}
                  />
                ))}
              </CardList>
              <PolicyHistory version={state.version} />
              {changing && (
                <ChangePolicyDialog
                  name={changing}
                  state={state}
                  action={actionOf(changing, state)}
                  onDone={query.reload}
                  onClose={() => setChanging(undefined)}
                />
              )}
            </>
          )}
        </QueryView>
      </Flex>
    </Container>
  );
}
