import { Text } from '@backstage/ui';
import type { EvidenceKindInfo } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';

/** What may be asked of a version before an alias points at it. */
export function EvidenceKinds({ kinds }: { kinds: EvidenceKindInfo[] }) {
  return (
    <section aria-label={texts.rules.aliases.kinds}>
      <Text as="h3" variant="body-small" weight="bold">
        {texts.rules.aliases.kinds}
      </Text>
      <ul>
        {kinds.map(({ description, example, name }) => (
          <li key={name}>
            <Text variant="body-small">
              <code>{example ?? name}</code>: {description}
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}
