import { useNow } from '../../hooks/useNow';
import { formatAbsolute, formatRelative } from '../../lib/time';

/** "3 minutes ago", with the full date as its title. */
export function RelativeTime(props: { iso: string }) {
  const now = useNow();
  return (
    <time dateTime={props.iso} title={formatAbsolute(props.iso)}>
      {formatRelative(props.iso, now)}
    </time>
  );
}
