import { useState } from 'react';
import { TextField } from '@backstage/ui';
import type { PolicyUnit } from '@ml-platform/plugin-ml-common';
import { readUnit, unitText } from '../../../lib/unitText';
import { says } from '../../../lib/says';

/** A number, written with its unit. What cannot be read is `undefined`. */
export function UnitField(props: {
  label: string;
  help?: string;
  unit: PolicyUnit;
  value: number | undefined;
  problem?: string;
  onChange: (value: number | undefined) => void;
}) {
  const { help, label, onChange, problem, unit, value } = props;
  const [text, setText] = useState(
    value === undefined ? '' : unitText(value, unit),
  );
  // Another field may have changed it; what cannot be read stays as written.
  const shown =
    value !== undefined && readUnit(text, unit) !== value
      ? unitText(value, unit)
      : text;
  return (
    <TextField
      {...says(problem)}
      label={label}
      description={help}
      inputMode={unit === 'count' ? 'numeric' : undefined}
      value={shown}
      onChange={written => {
        setText(written);
        onChange(readUnit(written, unit));
      }}
    />
  );
}
