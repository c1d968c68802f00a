import { Checkbox, TextAreaField, TextField } from '@backstage/ui';
import type { FieldKind } from '../../lib/policyFields';
import { texts } from '../../texts';

const MOST_ROWS = 10;

/** The input that fits what stands at a place. */
export function PolicyFieldInput(props: {
  label: string;
  kind: FieldKind;
  text: string;
  onChange: (text: string) => void;
}) {
  const { kind, label, onChange, text } = props;
  const say = texts.policy;
  if (kind === 'flag') {
    return (
      <Checkbox
        isSelected={text === 'true'}
        onChange={selected => onChange(String(selected))}
      >
        {label}
      </Checkbox>
    );
  }
  if (kind === 'lines' || kind === 'json') {
    return (
      <TextAreaField
        label={label}
        description={kind === 'lines' ? say.lines : say.json}
        value={text}
        onChange={onChange}
        rows={Math.min(text.split('\n').length + 1, MOST_ROWS)}
      />
    );
  }
  return (
    <TextField
      label={label}
      inputMode={kind === 'number' ? 'decimal' : undefined}
      value={text}
      onChange={onChange}
    />
  );
}
