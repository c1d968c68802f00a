import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import { says } from '../../../lib/says';

const MOST_ROWS = 10;

/** Texts, one a line. */
export function LinesField(props: {
  label: string;
  help: string;
  value: readonly string[];
  problem?: string;
  onChange: (value: string[]) => void;
}) {
  const { help, label, onChange, problem, value } = props;
  const [text, setText] = useState(value.join('\n'));
  return (
    <TextAreaField
      {...says(problem)}
      label={label}
      description={help}
      rows={Math.min(text.split('\n').length + 1, MOST_ROWS)}
      value={text}
      onChange={written => {
        setText(written);
        onChange(written.split(/[\s,]+/).filter(Boolean));
      }}
    />
  );
}
