import { Button, Text } from '@backstage/ui';
import { RiErrorWarningLine, RiLock2Line } from '@remixicon/react';
import { isForbidden, messageOf } from '../../lib/errors';
import { texts } from '../../texts';
import { StateMessage } from './StateMessage';

/** Why nothing is shown: it failed, or the user may not see it. */
export function FailedState(props: { error: unknown; onRetry: () => void }) {
  const { error, onRetry } = props;
  if (isForbidden(error)) {
    return (
      <StateMessage
        kind="forbidden"
        icon={<RiLock2Line />}
        title={texts.states.forbiddenTitle}
      >
        <Text as="p">{messageOf(error)}</Text>
        <Text as="p" color="secondary">
          {texts.states.forbiddenHelp}
        </Text>
      </StateMessage>
    );
  }
  return (
    <StateMessage
      kind="failed"
      icon={<RiErrorWarningLine />}
      title={texts.states.errorTitle}
      action={
        <Button variant="secondary" onPress={onRetry}>
          {texts.states.retry}
        </Button>
      }
    >
      <Text as="p">{messageOf(error)}</Text>
    </StateMessage>
  );
}
