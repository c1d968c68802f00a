import { useSearchParams } from 'react-router-dom';
import { Box, Container, Flex, Table, Text } from '@backstage/ui';
import { RiSearchLine } from '@remixicon/react';
import { useMlQuery } from '../../hooks/useMlQuery';
import { readForm, type SearchForm, toQuery } from '../../lib/versionSearch';
import { texts } from '../../texts';
import { Pager } from '../shared';
import { LoadingState, QueryView, StateMessage } from '../states';
import { searchColumns } from './columns';
import { SearchFields } from './SearchFields';
import classes from './VersionSearch.module.css';

const PAGE_SIZE = 20;

/** `/ml/versions`: versions of all models, by what is known of them. */
export function VersionSearchPage() {
  const say = texts.search;
  const [parameters, setParameters] = useSearchParams();
  const form = readForm(parameters);
  const cursor = parameters.get('cursor') ?? undefined;
  const key = JSON.stringify([form, cursor]);
  const query = useMlQuery({
    key: `search:${key}`,
    load: api =>
      api.versions.search({ ...toQuery(form), limit: PAGE_SIZE, cursor }),
    keepPrevious: true,
  });
  const go = (next: SearchForm, nextCursor?: string) =>
    setParameters({ ...next, ...(nextCursor && { cursor: nextCursor }) });
  return (
    <Container>
      <Flex direction="column" gap="4" mt="4" mb="6">
        <Text as="p" color="secondary">
          {say.intro}
        </Text>
        <SearchFields
          // The form begins anew when the address changes, as by "back".
          key={JSON.stringify(form)}
          form={form}
          onSearch={next => go(next)}
        />
        <Box
          as="section"
          bg="neutral"
          className={classes.panel}
          aria-label={say.results}
        >
          <QueryView query={query} loading={<LoadingState lines={8} />}>
            {page => (
              <>
                {page.items.length === 0 ? (
                  <StateMessage
                    kind="empty"
                    icon={<RiSearchLine />}
                    title={say.none}
                  >
                    <Text as="p" color="secondary">
                      {say.noneHelp}
                    </Text>
                  </StateMessage>
                ) : (
                  <Table
                    columnConfig={searchColumns}
                    data={page.items.map(version => ({
                      ...version,
                      id: `${version.model}@${version.version}`,
                    }))}
                    isStale={query.status === 'ready' && query.outdated}
                    pagination={{ type: 'none' }}
                  />
                )}
                <Pager
                  cursor={cursor}
                  nextCursor={page.nextCursor}
                  first={say.firstPage}
                  next={say.next}
                  onChange={next => go(form, next)}
                />
              </>
            )}
          </QueryView>
        </Box>
      </Flex>
    </Container>
  );
}
