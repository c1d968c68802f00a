import type { ReactNode } from 'react';
import { Box } from '@backstage/ui';
import classes from './shared.module.css';

/** What belongs together, on a ground of its own. */
export function Panel(props: {
  /** Makes it a region that can be jumped to. */
  label?: string;
  /** Marks it as something that is wrong. */
  isBroken?: boolean;
  children: ReactNode;
}) {
  const { children, isBroken, label } = props;
  return (
    <Box
      as="section"
      bg="neutral"
      className={classes.card}
      data-broken={isBroken || undefined}
      aria-label={label}
    >
      {children}
    </Box>
  );
}
