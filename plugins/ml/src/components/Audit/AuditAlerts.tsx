import { useState } from 'react';
import { Button, Flex, Text } from '@backstage/ui';
import type { AuditAlert } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { RelativeTime } from '../shared';
import { CloseAlertDialog } from './CloseAlertDialog';
import classes from './Audit.module.css';

/** What somebody has to look at, until somebody says what it was. */
export function AuditAlerts(props: {
  alerts: AuditAlert[];
  onClosed: () => void;
}) {
  const { alerts, onClosed } = props;
  const say = texts.audit;
  const [closing, setClosing] = useState<AuditAlert>();
  return (
    <>
      <ul className={classes.alerts} aria-label={say.alerts}>
        {alerts.map(alert => (
          <li key={alert.id}>
            <Flex justify="between" align="center" gap="3">
              <Text>
                {alert.message} (<RelativeTime iso={alert.raisedAt} />)
              </Text>
              <Button
                size="small"
                variant="tertiary"
                aria-label={say.closeAlertOf(alert.message)}
                onPress={() => setClosing(alert)}
              >
                {say.closeAlert}
              </Button>
            </Flex>
          </li>
        ))}
      </ul>
      {closing && (
        <CloseAlertDialog
          alert={closing}
          onDone={onClosed}
          onClose={() => setClosing(undefined)}
        />
      )}
    </>
  );
}
