import { Button, Text } from '@backstage/ui';
import { RiInboxLine, RiSearchLine } from '@remixicon/react';
import { texts } from '../../texts';
import { CodeBlock } from '../shared';
import { StateMessage } from '../states';

/** What the table says when it has no row. */
export function NoModels(props: { q: string; onClear: () => void }) {
  const { q, onClear } = props;
  if (q) {
    return (
      <StateMessage
        kind="empty"
        icon={<RiSearchLine />}
        title={texts.models.noMatchTitle(q)}
        action={
          <Button variant="secondary" onPress={onClear}>
            {texts.models.clearSearch}
          </Button>
        }
      >
        <Text as="p" color="secondary">
          {texts.models.noMatch}
        </Text>
      </StateMessage>
    );
  }
  return (
    <StateMessage
      kind="empty"
      icon={<RiInboxLine />}
      title={texts.models.emptyTitle}
    >
      <Text as="p" color="secondary">
        {texts.models.empty}
      </Text>
      <CodeBlock
        label="commands"
        text={
          'npx ml register examples/wine-classifier\nnpx ml register examples/diabetes-risk'
        }
      />
    </StateMessage>
  );
}
