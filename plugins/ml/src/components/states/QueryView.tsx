import type { ReactElement } from 'react';
import type { Query } from '../../hooks/useMlQuery';
import { FailedState } from './FailedState';
import { LoadingState } from './LoadingState';
import { StaleBanner } from './StaleBanner';

/**
 * Shows one of the states that every view has: loading, failed, forbidden, or
 * the data, marked when it is stale. Being empty is for the view to tell.
 */
export function QueryView<T>(props: {
  query: Query<T>;
  loading?: ReactElement;
  failed?: (error: unknown) => ReactElement | undefined;
  children: (data: T) => ReactElement;
}) {
  const { query, loading, failed, children } = props;
  if (query.status === 'loading') return loading ?? <LoadingState />;
  if (query.status === 'failed') {
    return (
      failed?.(query.error) ?? (
        <FailedState error={query.error} onRetry={query.reload} />
      )
    );
  }
  return (
    <>
      <StaleBanner query={query} />
      {children(query.data)}
    </>
  );
}
