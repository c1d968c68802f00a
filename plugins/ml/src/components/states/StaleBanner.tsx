import { Alert, Button } from '@backstage/ui';
import type { Query } from '../../hooks/useMlQuery';
import { useNow } from '../../hooks/useNow';
import { messageOf } from '../../lib/errors';
import { formatRelative } from '../../lib/time';
import { texts } from '../../texts';

/** Says that what is shown could not be refreshed, and since when. */
export function StaleBanner<T>(props: { query: Query<T> }) {
  const { query } = props;
  const now = useNow();
  if (query.status !== 'ready' || query.staleError === undefined) return null;
  const age = formatRelative(new Date(query.loadedAt).toISOString(), now);
  return (
    <Alert
      status="warning"
      icon
      role="status"
      mb="3"
      title={texts.states.staleTitle}
      description={texts.states.stale(age, messageOf(query.staleError))}
      customActions={
        <Button size="small" variant="tertiary" onPress={query.reload}>
          {texts.states.retry}
        </Button>
      }
    />
  );
}
