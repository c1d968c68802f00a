import { useState } from 'react';
import { Flex, Text } from '@backstage/ui';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import {
  mlVersionManagePermission,
  type SizeException,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useRequest } from '../../hooks/useRequest';
import { useRight } from '../../hooks/useRight';
import { type ActionState, firstReason, rightReason } from '../../lib/actions';
import { formatDay } from '../../lib/time';
import { texts } from '../../texts';
import { ActionButton, Actor } from '../shared';
import { notRegistered, QueryView } from '../states';
import { RulesTable } from './RulesTable';
import { SizeDialog } from './SizeDialog';

/** How large artifacts of a model may be, and exceptions from the default. */
export function SizeRules(props: { model: string }) {
  const { model } = props;
  const say = texts.rules.limits;
  const [asking, setAsking] = useState(false);
  const mayManage = useRight(mlVersionManagePermission, model);
  const query = useMlQuery({
    key: `limits:${model}`,
    load: api => api.limits.get(model),
    concerns: signal => signal.model === model,
  });
  const action = firstReason(rightReason(mayManage, texts.rules.mayNotManage));
  return (
    <EntityInfoCard title={say.title}>
      <QueryView query={query} failed={notRegistered(model)}>
        {({ exceptions, maxBytes }) => (
          <Flex direction="column" gap="3">
            <Text as="p">{say.now(maxBytes)}</Text>
            {exceptions.length > 0 && (
              <RulesTable
                label={say.title}
                columns={[...Object.values(say.columns), say.revoke]}
                rows={exceptions.map(item => ({
                  key: item.id,
                  cells: [
                    say.exception(item),
                    say.state[item.state],
                    formatDay(item.expiresAt),
                    <>
                      <Actor actor={item.requestedBy} />,{' '}
                      <Actor actor={item.approvedBy} />
                    </>,
                    item.reason,
                    <Revoke
                      key="revoke"
                      exception={item}
                      action={action}
                      onDone={query.reload}
                    />,
                  ],
                }))}
              />
            )}
            {maxBytes !== undefined && (
              <Flex>
                <ActionButton
                  action={action}
                  label={say.request}
                  onPress={() => setAsking(true)}
                />
              </Flex>
            )}
            {asking && (
              <SizeDialog
                model={model}
                action={action}
                onDone={query.reload}
                onClose={() => setAsking(false)}
              />
            )}
          </Flex>
        )}
      </QueryView>
    </EntityInfoCard>
  );
}

function Revoke(props: {
  exception: SizeException;
  action: ActionState;
  onDone: () => void;
}) {
  const { exception, action, onDone } = props;
  const say = texts.rules.limits;
  const request = useRequest({
    send: api => api.limits.revoke(exception.model, exception.id),
    done: () => say.revoked,
    onDone,
    onClose: () => {},
  });
  return (
    <>
      <ActionButton
        action={
          action.enabled
            ? firstReason(
                exception.state !== 'active' && say.isOver,
                request.sending && texts.effects.sending,
              )
            : action
        }
        label={say.revoke}
        description={`${say.revoke} ${say.exception(exception)}`}
        onPress={request.submit}
      />
      {request.error && (
        <Text as="p" variant="body-small" color="danger" role="alert">
          {request.error}
        </Text>
      )}
    </>
  );
}
