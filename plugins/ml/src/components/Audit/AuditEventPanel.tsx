import { Button, Text } from '@backstage/ui';
import { toastApiRef } from '@backstage/frontend-plugin-api';
import { useApi } from '@backstage/core-plugin-api';
import type { ListedAuditEvent } from '@ml-platform/plugin-ml-common';
import { mlApiRef } from '../../api/MlApi';
import { messageOf } from '../../lib/errors';
import { saveText } from '../../lib/saveFile';
import { formatAbsolute } from '../../lib/time';
import { texts } from '../../texts';
import { Actor, CodeBlock, SidePanel } from '../shared';
import classes from './Audit.module.css';

/** All that is recorded of one event, and the proof of it. */
export function AuditEventPanel(props: {
  event: ListedAuditEvent;
  onClose: () => void;
}) {
  const { event, onClose } = props;
  const say = texts.audit;
  const api = useApi(mlApiRef);
  const toasts = useApi(toastApiRef);
  const save = async () => {
    try {
      saveText(`${event.id}.tlog-proof`, await api.audit.proof(event.id));
    } catch (error) {
      toasts.post({ title: messageOf(error), status: 'danger' });
    }
  };
  return (
    <SidePanel title={say.event} onClose={onClose}>
      <dl className={classes.facts}>
        <dt>{say.columns.action}</dt>
        <dd>{event.action}</dd>
        <dt>{say.columns.outcome}</dt>
        <dd>{say.outcomes[event.outcome]}</dd>
        <dt>{say.columns.at}</dt>
        <dd>{formatAbsolute(event.at)}</dd>
        <dt>{say.columns.actor}</dt>
        <dd>
          <Actor actor={event.actor} />
        </dd>
        <dt>{say.columns.resource}</dt>
        <dd>{event.resource}</dd>
        <dt>{say.position}</dt>
        <dd>{event.position ?? say.notYet}</dd>
        <dt>{say.id}</dt>
        <dd>{event.id}</dd>
        {event.requestId && (
          <>
            <dt>{say.request}</dt>
            <dd>{event.requestId}</dd>
          </>
        )}
      </dl>
      <CodeBlock
        text={JSON.stringify(event.details, undefined, 2)}
        label={say.details}
      />
      <Text as="p" color="secondary">
        {say.proofHelp}
      </Text>
      <Button variant="secondary" size="small" onPress={save}>
        {say.proof}
      </Button>
    </SidePanel>
  );
}
