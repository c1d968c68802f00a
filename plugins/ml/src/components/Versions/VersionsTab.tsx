import { Button, Flex } from '@backstage/ui';
import { RiLayoutColumnLine } from '@remixicon/react';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import type { Model, Page, Version } from '@ml-platform/plugin-ml-common';
import { useCompareSelection } from '../../hooks/useCompareSelection';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useModelName } from '../../hooks/useModelName';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import { compareAction } from '../../lib/compareSelection';
import { texts } from '../../texts';
import { CompareView } from '../Compare';
import { ActionButton, Pager } from '../shared';
import { LoadingState, notRegistered, QueryView } from '../states';
import { VersionDetails } from './VersionDetails';
import { VersionsTable } from './VersionsTable';

const PAGE_SIZE = 20;

/** Tab of the entity page: every version, newest first, or some side by side. */
export function VersionsTab() {
  const name = useModelName();
  const compare = useCompareSelection();
  const isComparing =
    compare.isOpen && compareAction(compare.selection).enabled;
  return (
    <EntityInfoCard
      title={isComparing ? texts.compare.region : texts.versions.title}
    >
      {isComparing ? (
        <CompareView
          model={name}
          versions={compare.selection}
          onClose={compare.close}
        />
      ) : (
        <VersionsList name={name} compare={compare} />
      )}
    </EntityInfoCard>
  );
}

function VersionsList(props: {
  name: string;
  compare: ReturnType<typeof useCompareSelection>;
}) {
  const { name, compare } = props;
  const [cursor, setCursor] = useSearchParameter('cursor');
  const [open, setOpen] = useSearchParameter('version');
  const query = useMlQuery<{ model: Model; page: Page<Version> }>({
    key: `versions:${name}:${cursor ?? ''}`,
    load: async api => {
      const [model, page] = await Promise.all([
        api.getModel(name),
        api.listVersions(name, { limit: PAGE_SIZE, cursor }),
      ]);
      return { model, page };
    },
    concerns: signal => signal.model === name,
    keepPrevious: true,
  });
  return (
    <>
      <QueryView
        query={query}
        loading={<LoadingState lines={8} />}
        failed={notRegistered(name)}
      >
        {({ model, page }) => (
          <>
            {page.items.length > 0 && (
              <Flex justify="end" gap="2" mb="2">
                {compare.selection.length > 0 && (
                  <Button
                    size="small"
                    variant="tertiary"
                    onPress={compare.clear}
                  >
                    {texts.compare.clear}
                  </Button>
                )}
                <ActionButton
                  action={compareAction(compare.selection)}
                  label={texts.compare.submit(compare.selection.length)}
                  icon={<RiLayoutColumnLine />}
                  onPress={compare.open}
                />
              </Flex>
            )}
            <VersionsTable
              model={model}
              page={page}
              outdated={query.status === 'ready' && query.outdated}
              chosen={compare.selection}
              onChoose={compare.toggle}
              onOpen={setOpen}
              onChange={query.reload}
            />
            <Pager
              cursor={cursor}
              nextCursor={page.nextCursor}
              first={texts.versions.newest}
              next={texts.versions.older}
              onChange={setCursor}
            />
          </>
        )}
      </QueryView>
      {open && (
        <VersionDetails
          model={name}
          version={open}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}
