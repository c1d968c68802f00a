import { useState } from 'react';
import { Button, Flex, Select, Text } from '@backstage/ui';
import { RiDownloadLine, RiUserSearchLine } from '@remixicon/react';
import {
  ACCESS_KINDS,
  accessReviewCsv,
  type AccessReview,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import { saveText } from '../../lib/saveFile';
import { texts } from '../../texts';
import { DayField } from '../Lifecycle/DayField';
import { Panel } from '../shared';
import { LoadingState, QueryView, StateMessage } from '../states';
import classes from './Access.module.css';
import { ReviewTable } from './ReviewTable';

const DAY_MS = 24 * 60 * 60 * 1000;
const MOST_SHOWN = 200;
const FIRST_DAY = '2020-01-01';

/** Who had which access in a period, as a table and as a file. */
export function ReviewView() {
  const say = texts.access.review;
  const [today] = useState(() => Date.now());
  const dayOf = (days: number) =>
    new Date(today + days * DAY_MS).toISOString().slice(0, 10);
  const [from = dayOf(-90), setFrom] = useSearchParameter('from');
  const [to = dayOf(1), setTo] = useSearchParameter('to');
  const [kind, setKind] = useSearchParameter('kind');
  const query = useMlQuery({
    key: `access-review:${from}:${to}`,
    load: api => api.access.review({ from, to }),
    // Each look is recorded, so none is taken because something else changed.
    concerns: () => false,
    keepPrevious: true,
  });
  return (
    <>
      <Flex align="end" gap="3" style={{ flexWrap: 'wrap' }}>
        <DayField
          label={say.from}
          description={say.fromHelp}
          min={FIRST_DAY}
          value={from}
          onChange={setFrom}
        />
        <DayField
          label={say.to}
          description={say.toHelp}
          min={from}
          value={to}
          onChange={setTo}
        />
        <Select
          className={classes.kind}
          label={say.kind}
          size="small"
          options={[
            { value: 'all', label: say.allKinds },
            ...ACCESS_KINDS.map(value => ({ value, label: say.kinds[value] })),
          ]}
          selectedKey={kind ?? 'all'}
          onSelectionChange={key =>
            setKind(key === 'all' ? undefined : String(key))
          }
        />
      </Flex>
      <QueryView query={query} loading={<LoadingState lines={8} />}>
        {review => renderReview(review)}
      </QueryView>
    </>
  );

  function renderReview(review: AccessReview) {
    const items = review.items.filter(item => !kind || item.kind === kind);
    if (!items.length) {
      return (
        <StateMessage kind="empty" icon={<RiUserSearchLine />} title={say.none}>
          <Text as="p" color="secondary">
            {say.noneHelp}
          </Text>
        </StateMessage>
      );
    }
    return (
      <>
        <Flex align="center" justify="between" gap="3">
          <Text as="p" variant="body-small" color="secondary">
            {say.count(Math.min(items.length, MOST_SHOWN), items.length)}.{' '}
            {review.notes.join(' ')}
          </Text>
          <Button
            size="small"
            variant="secondary"
            iconStart={<RiDownloadLine />}
            onPress={() =>
              saveText(
                `access-review_${from}_${to}.csv`,
                accessReviewCsv({ ...review, items }),
                'text/csv',
              )
            }
          >
            {say.save}
          </Button>
        </Flex>
        <Panel>
          <ReviewTable entries={items.slice(0, MOST_SHOWN)} />
        </Panel>
      </>
    );
  }
}
