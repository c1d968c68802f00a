import { useMemo } from 'react';
import { Box, SearchField, Table } from '@backstage/ui';
import { texts } from '../../texts';
import { Pager } from '../shared';
import { FailedState, StaleBanner } from '../states';
import { modelColumns } from './columns';
import classes from './ModelsPage.module.css';
import { NoModels } from './NoModels';
import { useModelsPage } from './useModelsPage';

/** The table of models × environments, with its search and its pages. */
export function ModelsTable() {
  const page = useModelsPage();
  const { query, q } = page;
  const rows = useMemo(
    () =>
      query.status === 'ready'
        ? query.data.items.map(model => ({ ...model, id: model.name }))
        : undefined,
    [query],
  );
  return (
    <Box
      as="section"
      bg="neutral"
      className={classes.panel}
      aria-label={texts.models.title}
    >
      <div className={classes.search}>
        <SearchField
          aria-label={texts.models.search}
          placeholder={texts.models.searchPlaceholder}
          size="small"
          value={page.text}
          onChange={page.setText}
        />
      </div>
      <StaleBanner query={query} />
      {renderTable()}
      <Pager
        cursor={page.cursor}
        nextCursor={page.nextCursor}
        first={texts.models.firstPage}
        next={texts.models.next}
        onChange={page.setCursor}
      />
    </Box>
  );

  function renderTable() {
    if (query.status === 'failed') {
      return <FailedState error={query.error} onRetry={query.reload} />;
    }
    if (rows?.length === 0) return <NoModels q={q} onClear={page.clear} />;
    return (
      <Table
        columnConfig={modelColumns}
        data={rows}
        isPending={query.status === 'loading'}
        isStale={query.status === 'ready' && query.outdated}
        pagination={{ type: 'none' }}
      />
    );
  }
}
