import { Button, Flex } from '@backstage/ui';

/** The way through a list that the server cuts into pages. */
export function Pager(props: {
  cursor: string | undefined;
  nextCursor: string | undefined;
  first: string;
  next: string;
  onChange: (cursor: string | undefined) => void;
}) {
  const { cursor, nextCursor, first, next, onChange } = props;
  if (!cursor && !nextCursor) return null;
  return (
    <Flex justify="end" gap="2" mt="3">
      <Button
        variant="secondary"
        size="small"
        isDisabled={!cursor}
        onPress={() => onChange(undefined)}
      >
        {first}
      </Button>
      <Button
        variant="secondary"
        size="small"
        isDisabled={!nextCursor}
        onPress={() => onChange(nextCursor)}
      >
        {next}
      </Button>
    </Flex>
  );
}
