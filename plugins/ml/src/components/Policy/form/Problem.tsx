import { Text } from '@backstage/ui';

/** What is wrong with several fields together. */
export function Problem({ text }: { text: string | undefined }) {
  return text ? (
    <Text as="p" variant="body-small" color="danger" role="alert">
      {text}
    </Text>
  ) : null;
}
