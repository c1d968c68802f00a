import { fromLocalMoment, localZone, toLocalMoment } from '../../../lib/time';
import { texts } from '../../../texts';
import { DayField } from '../../Lifecycle';

/** A moment, in the time zone of whoever writes it. */
export function MomentField(props: {
  label: string;
  value: string | undefined;
  problem?: string;
  onChange: (value: string | undefined) => void;
}) {
  const { label, onChange, problem, value } = props;
  return (
    <DayField
      type="datetime-local"
      label={label}
      description={texts.policy.freezes.yourTime(localZone())}
      value={value === undefined ? '' : toLocalMoment(value)}
      problem={problem}
      onChange={text => onChange(fromLocalMoment(text))}
    />
  );
}
