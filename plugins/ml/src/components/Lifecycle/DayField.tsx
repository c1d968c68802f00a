import { useId } from 'react';
import { Text } from '@backstage/ui';
import classes from './Lifecycle.module.css';

/** A date, chosen with the browser's own calendar. */
export function DayField(props: {
  label: string;
  description: string;
  /** Earliest one, as `2027-03-01`. */
  min: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { label, description, min, value, onChange } = props;
  const id = useId();
  return (
    <div className={classes.day}>
      <label htmlFor={id}>
        <Text variant="body-small" weight="bold">
          {label}
        </Text>
      </label>
      <input
        id={id}
        type="date"
        required
        min={min}
        value={value}
        aria-describedby={`${id}-help`}
        onChange={event => onChange(event.target.value)}
      />
      <Text id={`${id}-help`} variant="body-small" color="secondary">
        {description}
      </Text>
    </div>
  );
}
