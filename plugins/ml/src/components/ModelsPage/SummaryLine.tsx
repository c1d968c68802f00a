import { Box, Skeleton, Text } from '@backstage/ui';
import type { MlApi } from '../../api/MlApi';
import { useMlQuery } from '../../hooks/useMlQuery';
import type { Tone } from '../../lib/health';
import { isForbidden } from '../../lib/errors';
import { summarise, type Summary } from '../../lib/summary';
import { texts } from '../../texts';
import { StateLabel } from '../shared';
import classes from './ModelsPage.module.css';

const PAGE = 100;
const MOST_PAGES = 10;

interface Figures extends Summary {
  models: string;
}

/** The state of the whole platform in four numbers. */
export function SummaryLine() {
  const query = useMlQuery<Figures>({
    key: 'summary',
    load: async api => {
      const [models, deployments] = await Promise.all([
        countModels(api),
        api.listDeployments(),
      ]);
      return { models, ...summarise(deployments.items) };
    },
    underWay: ({ underWay }) => underWay > 0,
  });
  // Who may see no models is told so below, and not four times more.
  if (query.status === 'failed' && isForbidden(query.error)) return null;
  // The table below says what failed; here a missing number is "no data".
  const figures = query.status === 'ready' ? query.data : undefined;
  const loading = query.status === 'loading';
  return (
    <ul className={classes.summary} aria-label="Summary">
      <Figure
        loading={loading}
        value={figures?.models}
        label={Number(figures?.models) === 1 ? 'Model' : 'Models'}
      />
      <Figure
        loading={loading}
        value={figures?.liveInProduction}
        label="Live in production"
        tone={figures?.liveInProduction ? 'success' : 'neutral'}
      />
      <Figure
        loading={loading}
        value={figures?.underWay}
        label="Releases under way"
        tone={figures?.underWay ? 'info' : 'neutral'}
      />
      <Figure
        loading={loading}
        value={figures?.failed}
        label="Failed"
        tone={figures?.failed ? 'danger' : 'neutral'}
      />
    </ul>
  );
}

function Figure(props: {
  loading: boolean;
  value: number | string | undefined;
  label: string;
  tone?: Tone;
}) {
  const { loading, value, label, tone } = props;
  return (
    <Box as="li" bg="neutral" className={classes.figure}>
      {loading ? (
        <Skeleton width={32} height={28} />
      ) : (
        <Text variant="title-small" weight="bold">
          {value ?? texts.noData}
        </Text>
      )}
      {tone ? (
        <StateLabel word={label} tone={tone} />
      ) : (
        <Text variant="body-small">{label}</Text>
      )}
    </Box>
  );
}

async function countModels(api: MlApi): Promise<string> {
  let total = 0;
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, nextCursor } = await api.listModels({ limit: PAGE, cursor });
    total += items.length;
    cursor = nextCursor;
    if (!cursor) return String(total);
  }
  return `${total}+`;
}
