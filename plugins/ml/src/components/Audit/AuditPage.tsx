import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Container, Flex, Text } from '@backstage/ui';
import { RiFileSearchLine } from '@remixicon/react';
import {
  AUDIT_OUTCOMES,
  type AuditFilter,
  type ListedAuditEvent,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { Pager } from '../shared';
import { LoadingState, QueryView, StateMessage } from '../states';
import { AuditEventPanel } from './AuditEventPanel';
import { AuditFilters, RENEWALS } from './AuditFilters';
import { AuditSegments } from './AuditSegments';
import { AuditStateCard } from './AuditStateCard';
import { AuditTable } from './AuditTable';

const PAGE_SIZE = 50;
const RENEWALS_SHOWN = 'renewals';

/** `/ml/audit`: what was done, and whether the record of it is whole. */
export function AuditPage() {
  const say = texts.audit;
  const [parameters, setParameters] = useSearchParams();
  const [open, setOpen] = useState<ListedAuditEvent>();
  const filter = readFilter(parameters);
  const cursor = parameters.get('cursor') ?? undefined;
  const query = useMlQuery({
    key: `audit:${parameters.toString()}`,
    load: api => api.audit.list({ ...filter, limit: PAGE_SIZE, cursor }),
    keepPrevious: true,
  });
  return (
    <Container>
      <Flex direction="column" gap="4" mt="4" mb="6">
        <Text as="p" color="secondary">
          {say.intro}
        </Text>
        <AuditStateCard />
        <AuditSegments />
        <AuditFilters
          key={parameters.toString()}
          filter={filter}
          // Another search has pages of its own, so the cursor goes.
          onChange={next => setParameters(toParameters(next))}
        />
        <QueryView query={query} loading={<LoadingState lines={10} />}>
          {page => (
            <>
              {page.items.length === 0 ? (
                <StateMessage
                  kind="empty"
                  icon={<RiFileSearchLine />}
                  title={say.none}
                >
                  <Text as="p" color="secondary">
                    {say.noneHelp}
                  </Text>
                </StateMessage>
              ) : (
                <AuditTable events={page.items} onOpen={setOpen} />
              )}
              <Pager
                cursor={cursor}
                nextCursor={page.nextCursor}
                first={say.newest}
                next={say.older}
                onChange={next =>
                  setParameters({
                    ...toParameters(filter),
                    ...(next && { cursor: next }),
                  })
                }
              />
            </>
          )}
        </QueryView>
      </Flex>
      {open && (
        <AuditEventPanel event={open} onClose={() => setOpen(undefined)} />
      )}
    </Container>
  );
}

function readFilter(parameters: URLSearchParams): AuditFilter {
  const get = (name: string) => parameters.get(name) || undefined;
  return {
    actor: get('actor'),
    action: get('action'),
    // Who looks for them finds them.
    without:
      parameters.get(RENEWALS_SHOWN) || get('action') === RENEWALS
        ? undefined
        : RENEWALS,
    resource: get('resource'),
    outcome: AUDIT_OUTCOMES.find(outcome => outcome === get('outcome')),
    since: get('since'),
    until: get('until'),
  };
}

function toParameters({
  without,
  ...filter
}: AuditFilter): Record<string, string> {
  return Object.fromEntries(
    Object.entries({
      ...filter,
      ...(!without &&
        filter.action !== RENEWALS && { [RENEWALS_SHOWN]: 'true' }),
    }).filter(([, value]) => value),
  ) as Record<string, string>;
}
