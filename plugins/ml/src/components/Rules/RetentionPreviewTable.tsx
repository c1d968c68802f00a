import type { RetentionPreview } from '@ml-platform/plugin-ml-common';
import { formatBytes } from '../../lib/format';
import { texts } from '../../texts';
import { RelativeTime } from '../shared';
import { RulesTable } from './RulesTable';

/** Longer lists are for the terminal. */
const MOST_SHOWN = 50;

/** What a rule would let go, and why the rest stays. */
export function RetentionPreviewTable(props: { preview: RetentionPreview }) {
  const { keep, remove } = props.preview;
  const say = texts.rules.retention;
  const rows = [
    ...remove.map(item => ({ ...item, what: say.go, because: '' })),
    ...keep.map(item => ({
      ...item,
      what: say.stay,
      because: item.reasons.join('; '),
    })),
  ].slice(0, MOST_SHOWN);
  return (
    <RulesTable
      label={say.preview}
      columns={Object.values(say.columns)}
      rows={rows.map(row => ({
        key: row.version,
        cells: [
          row.version,
          row.what,
          <RelativeTime key="registered" iso={row.createdAt} />,
          formatBytes(row.sizeBytes),
          row.because,
        ],
      }))}
    />
  );
}
