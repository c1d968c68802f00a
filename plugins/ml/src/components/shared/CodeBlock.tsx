import { Box } from '@backstage/ui';
import { CopyButton } from './CopyButton';
import classes from './shared.module.css';

/** Text for a terminal, with a button that copies it. */
export function CodeBlock(props: {
  text: string;
  label: string;
  /** Break long lines instead of scrolling. */
  wrap?: boolean;
}) {
  const { text, label, wrap } = props;
  return (
    <Box
      bg="neutral"
      className={classes.codeBlock}
      data-wrap={wrap || undefined}
    >
      {/* A scrolling region must be reachable with the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
    </Box>
  );
}
