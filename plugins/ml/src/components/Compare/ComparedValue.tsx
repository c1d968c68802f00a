import { VisuallyHidden } from '@backstage/ui';
import type { ComparisonRow } from '@ml-platform/plugin-ml-common';
import { formatBytes, shortDigest } from '../../lib/format';
import { formatDay } from '../../lib/time';
import { texts } from '../../texts';

const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** One cell of a comparison. */
export function ComparedValue(props: {
  value: ComparisonRow['values'][number];
  kind: ComparisonRow['kind'];
}) {
  const { value, kind } = props;
  if (value === undefined) {
    return (
      <>
        <span aria-hidden>–</span>
        <VisuallyHidden>{texts.compare.notTold}</VisuallyHidden>
      </>
    );
  }
  if (Array.isArray(value)) {
    return (
      <ul>
        {value.map(item => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    );
  }
  if (kind === 'bytes') return <>{formatBytes(Number(value))}</>;
  if (kind === 'digest') {
    return <code title={String(value)}>{shortDigest(String(value))}</code>;
  }
  if (typeof value === 'boolean') return <>{texts.compare.yesNo(value)}</>;
  const text = String(value);
  return <>{MOMENT.test(text) ? formatDay(text) : text}</>;
}
