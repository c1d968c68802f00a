import { Flex, Text } from '@backstage/ui';
import {
  type PolicyVersion,
  sayDifference,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import { texts } from '../../texts';
import { Actor, CardItem, CardList, Pager, RelativeTime } from '../shared';
import { LoadingState, QueryView } from '../states';

const PAGE_SIZE = 10;

/** What changed, who asked for it and who approved it; newest first. */
export function PolicyHistory(props: {
  /** The newest one: with another, there is more to load. */
  version: number;
}) {
  const say = texts.policy;
  const [cursor, setCursor] = useSearchParameter('cursor');
  const query = useMlQuery({
    key: `policy-history:${props.version}:${cursor ?? ''}`,
    load: api => api.policy.history({ limit: PAGE_SIZE, cursor }),
    keepPrevious: true,
  });
  return (
    <Flex direction="column" gap="3" mt="4">
      <Text as="h2" variant="title-small">
        {say.history}
      </Text>
      <QueryView query={query} loading={<LoadingState lines={4} />}>
        {({ items, nextCursor }) => (
          <>
            <CardList label={say.history}>
              {items.map(version => (
                <HistoryItem key={version.version} version={version} />
              ))}
            </CardList>
            <Pager
              cursor={cursor}
              nextCursor={nextCursor}
              first={say.newest}
              next={say.older}
              onChange={setCursor}
            />
          </>
        )}
      </QueryView>
    </Flex>
  );
}

function HistoryItem({ version }: { version: PolicyVersion }) {
  const say = texts.policy;
  const { approvedBy, at, changes, reason, requestedBy } = version;
  return (
    <CardItem title={say.version(version)}>
      <Text as="p" variant="body-small" color="secondary">
        <RelativeTime iso={at} /> ·{' '}
        {requestedBy ? (
          <>
            {say.asker} <Actor actor={requestedBy} />, {say.approver}{' '}
            <Actor actor={approvedBy} />
          </>
        ) : (
          say.byConfiguration
        )}
      </Text>
      {reason && <Text as="p">{reason}</Text>}
      {changes.length ? (
        <ul>
          {changes.map(change => (
            <li key={change.path}>
              <Text variant="body-small">{sayDifference(change)}</Text>
            </li>
          ))}
        </ul>
      ) : (
        <Text as="p" variant="body-small">
          {say.beginning}
        </Text>
      )}
    </CardItem>
  );
}
