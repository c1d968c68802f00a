import { Text } from '@backstage/ui';
import { RiInboxLine } from '@remixicon/react';
import { isNotFound } from '../../lib/errors';
import { texts } from '../../texts';
import { CodeBlock } from '../shared/CodeBlock';
import { StateMessage } from './StateMessage';

/** The entity is in the catalog, and the registry does not know the model. */
export function NotRegistered(props: { model: string }) {
  return (
    <StateMessage
      kind="empty"
      icon={<RiInboxLine />}
      title={texts.states.notRegisteredTitle}
    >
      <Text as="p" color="secondary">
        {texts.states.notRegistered(props.model)}
      </Text>
      <CodeBlock text="npx ml register ." label="command" />
    </StateMessage>
  );
}

/** What a view of one model shows instead of "not found". */
export function notRegistered(model: string) {
  return (error: unknown) =>
    isNotFound(error) ? <NotRegistered model={model} /> : undefined;
}
