import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import {
  Button,
  Flex,
  Text,
  ToggleButton,
  ToggleButtonGroup,
} from '@backstage/ui';
import { RiAddLine, RiKey2Line } from '@remixicon/react';
import type { Grant } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { Pager } from '../shared';
import { LoadingState, QueryView, StateMessage } from '../states';
import { CreateGrantDialog } from './CreateGrantDialog';
import { GrantsTable } from './GrantsTable';
import { RevokeGrantDialog } from './RevokeGrantDialog';

const PAGE_SIZE = 20;

/** Grants that concern the user; of everybody for who reviews access. */
export function GrantsView() {
  const say = texts.access.grants;
  const [parameters, setParameters] = useSearchParams();
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Grant>();
  const cursor = parameters.get('cursor') ?? undefined;
  const model = parameters.get('model') ?? undefined;
  const isAll = parameters.get('show') === 'all';
  const keep = (changed: Record<string, string | undefined>) => {
    const next = { model, show: isAll ? 'all' : undefined, ...changed };
    setParameters(
      Object.fromEntries(
        Object.entries(next).filter(([, value]) => value),
      ) as Record<string, string>,
    );
  };
  const query = useMlQuery({
    key: `grants:${parameters.toString()}`,
    load: api =>
      api.access.listGrants({
        ...{ model, cursor, limit: PAGE_SIZE },
        state: isAll ? undefined : 'active',
      }),
    keepPrevious: true,
  });
  return (
    <>
      <Flex justify="between" gap="3">
        <ToggleButtonGroup
          aria-label={say.columns.state}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[isAll ? 'all' : 'active']}
          onSelectionChange={keys =>
            keep({ show: keys.has('all') ? 'all' : undefined })
          }
        >
          <ToggleButton id="active">{say.active}</ToggleButton>
          <ToggleButton id="all">{say.all}</ToggleButton>
        </ToggleButtonGroup>
        <Button
          size="small"
          variant="primary"
          iconStart={<RiAddLine />}
          onPress={() => setAdding(true)}
        >
          {say.add}
        </Button>
      </Flex>
      <QueryView query={query} loading={<LoadingState lines={6} />}>
        {page => (
          <>
            {page.items.length === 0 ? (
              <StateMessage kind="empty" icon={<RiKey2Line />} title={say.none}>
                <Text as="p" color="secondary">
                  {say.noneHelp}
                </Text>
              </StateMessage>
            ) : (
              <GrantsTable grants={page.items} onRevoke={setRevoking} />
            )}
            <Pager
              cursor={cursor}
              nextCursor={page.nextCursor}
              first={say.newest}
              next={say.older}
              onChange={next => keep({ cursor: next })}
            />
          </>
        )}
      </QueryView>
      {adding && (
        <CreateGrantDialog
          model={model}
          onDone={query.reload}
          onClose={() => setAdding(false)}
        />
      )}
      {revoking && (
        <RevokeGrantDialog
          grant={revoking}
          onDone={query.reload}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </>
  );
}
