import { useSearchParams } from 'react-router-dom';
import {
  Container,
  Flex,
  Text,
  ToggleButton,
  ToggleButtonGroup,
} from '@backstage/ui';
import { RiUserFollowLine } from '@remixicon/react';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import { texts } from '../../texts';
import { CardList, Pager } from '../shared';
import { LoadingState, QueryView, StateMessage } from '../states';
import { ApprovalItem } from './ApprovalItem';

const PAGE_SIZE = 20;
/** `review`: what was done alone and waits for a second person's word. */
const SHOWN = ['waiting', 'review', 'all'] as const;

/** `/ml/approvals`: what waits for a second person, and what was decided. */
export function ApprovalsPage(props: { onChange?: () => void }) {
  const say = texts.approvals;
  const [cursor, setCursor] = useSearchParameter('cursor');
  const [parameters, setParameters] = useSearchParams();
  const show = SHOWN.find(name => name === parameters.get('show')) ?? 'waiting';
  const isAll = show === 'all';
  const query = useMlQuery({
    key: `approvals:${show}:${cursor ?? ''}`,
    load: async api => {
      const [{ identity }, kinds, page] = await Promise.all([
        api.info(),
        api.approvals.listKinds(),
        api.approvals.list({
          state: show === 'waiting' ? 'pending' : undefined,
          ...(show === 'review' && { review: 'open' as const }),
          limit: PAGE_SIZE,
          cursor,
        }),
      ]);
      return { identity, kinds: kinds.items, page };
    },
    keepPrevious: true,
  });
  return (
    <Container>
      <Flex direction="column" gap="4" mt="4" mb="6">
        <Text as="p" color="secondary">
          {say.intro}
        </Text>
        <ToggleButtonGroup
          aria-label={say.filter}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[show]}
          onSelectionChange={keys => {
            const [key] = [...keys];
            // The other list has pages of its own, so the cursor goes.
            setParameters(key === 'waiting' ? {} : { show: String(key) });
          }}
        >
          {SHOWN.map(name => (
            <ToggleButton key={name} id={name}>
              {say.shown[name]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <QueryView query={query} loading={<LoadingState lines={8} />}>
          {({ identity, kinds, page }) => (
            <>
              {page.items.length === 0 ? (
                <StateMessage
                  kind="empty"
                  icon={<RiUserFollowLine />}
                  title={isAll ? say.noneTitle : say.emptyTitle}
                >
                  <Text as="p" color="secondary">
                    {say.empty}
                  </Text>
                </StateMessage>
              ) : (
                <CardList label={say.title}>
                  {page.items.map(approval => (
                    <ApprovalItem
                      key={approval.id}
                      approval={approval}
                      kind={kinds.find(({ kind }) => kind === approval.kind)}
                      identity={identity}
                      onDone={() => {
                        query.reload();
                        props.onChange?.();
                      }}
                    />
                  ))}
                </CardList>
              )}
              <Pager
                cursor={cursor}
                nextCursor={page.nextCursor}
                first={say.newest}
                next={say.older}
                onChange={setCursor}
              />
            </>
          )}
        </QueryView>
      </Flex>
    </Container>
  );
}
