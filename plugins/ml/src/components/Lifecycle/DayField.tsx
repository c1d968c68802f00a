import { useId } from 'react';
import { Text } from '@backstage/ui';
import classes from './Lifecycle.module.css';

/** A date, or a moment of one, chosen with the browser's own calendar. */
export function DayField(props: {
  label: string;
  description?: string;
  /** `date` when absent. */
  type?: 'date' | 'datetime-local' | 'time';
  /** Earliest one, as `2027-03-01`. */
  min?: string;
  value: string;
  /** What is wrong with it. */
  problem?: string;
  onChange: (value: string) => void;
}) {
  const { label, description, min, value, onChange, problem, type } = props;
  const id = useId();
  return (
    <div className={classes.day}>
      <label htmlFor={id}>
        <Text variant="body-small" weight="bold">
          {label}
        </Text>
      </label>
      {description && (
        <Text id={`${id}-help`} variant="body-small" color="secondary">
          {description}
        </Text>
      )}
      <input
        id={id}
        type={type ?? 'date'}
        required
        min={min}
        value={value}
        aria-invalid={problem ? true : undefined}
        aria-describedby={`${id}-help ${id}-problem`}
        onChange={event => onChange(event.target.value)}
      />
      {problem && (
        <Text id={`${id}-problem`} variant="body-small" color="danger">
          {problem}
        </Text>
      )}
    </div>
  );
}
