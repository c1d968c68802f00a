import { useState } from 'react';
import { Button, Flex, Text } from '@backstage/ui';
import { toastApiRef } from '@backstage/frontend-plugin-api';
import { useApi } from '@backstage/core-plugin-api';
import type { AuditStatus } from '@ml-platform/plugin-ml-common';
import { mlApiRef } from '../../api/MlApi';
import { useMlQuery } from '../../hooks/useMlQuery';
import { messageOf } from '../../lib/errors';
import { texts } from '../../texts';
import { Panel, RelativeTime, StateLabel } from '../shared';
import { LoadingState, QueryView } from '../states';
import { AuditAlerts } from './AuditAlerts';

const TONE = {
  ok: 'success',
  unsigned: 'warning',
  unanchored: 'warning',
  late: 'warning',
  alert: 'warning',
  broken: 'danger',
} as const;

/** Whether the record is whole, and since when that is known. */
export function AuditStateCard() {
  const query = useMlQuery({
    key: 'audit:status',
    load: api => api.audit.status(),
    underWay: ({ health, pending }) => health !== 'ok' || pending > 0,
  });
  return (
    <QueryView query={query} loading={<LoadingState lines={3} />}>
      {status => <AuditState status={status} onChecked={query.reload} />}
    </QueryView>
  );
}

function AuditState(props: { status: AuditStatus; onChecked: () => void }) {
  const { onChecked, status } = props;
  const say = texts.audit;
  const api = useApi(mlApiRef);
  const toasts = useApi(toastApiRef);
  const [checking, setChecking] = useState(false);
  const { checkpoint, health, verification } = status;
  const check = async () => {
    setChecking(true);
    try {
      const result = await api.audit.verify();
      toasts.post({
        title: say.verified(result),
        status: result.findings.length ? 'danger' : 'success',
        timeout: result.findings.length ? undefined : 6000,
      });
    } catch (error) {
      toasts.post({ title: messageOf(error), status: 'danger' });
    } finally {
      setChecking(false);
      onChecked();
    }
  };
  return (
    <Panel label={say.state} isBroken={health === 'broken'}>
      <Flex justify="between" align="center" gap="3">
        <StateLabel tone={TONE[health]} word={say.health[health]} />
        <Button
          size="small"
          variant="secondary"
          isPending={checking}
          onPress={check}
        >
          {say.verify}
        </Button>
      </Flex>
      <Text as="p">{status.message}</Text>
      <Text as="p" color="secondary">
        {say.checkpoint}:{' '}
        {checkpoint ? <RelativeTime iso={checkpoint.at} /> : say.noCheckpoint}
        {' · '}
        {verification ? (
          <>
            {say.checked(verification)}, <RelativeTime iso={verification.at} />
          </>
        ) : (
          say.neverChecked
        )}
      </Text>
      {Boolean(verification?.findings.length) && (
        <ul>
          {verification!.findings.map(({ message }) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      )}
      {status.alerts.length > 0 && (
        <AuditAlerts alerts={status.alerts} onClosed={onChecked} />
      )}
    </Panel>
  );
}
