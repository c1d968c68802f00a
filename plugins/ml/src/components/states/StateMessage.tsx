import type { ReactElement, ReactNode } from 'react';
import { Text } from '@backstage/ui';
import classes from './states.module.css';

/** A view that has nothing to show says why, and what to do about it. */
export function StateMessage(props: {
  kind: 'empty' | 'failed' | 'forbidden';
  icon: ReactElement;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  const { kind, icon, title, children, action } = props;
  return (
    <div
      className={classes.state}
      data-kind={kind}
      role={kind === 'empty' ? undefined : 'alert'}
    >
      {icon}
      <Text as="h3" variant="title-x-small" weight="bold">
        {title}
      </Text>
      {children && <div className={classes.body}>{children}</div>}
      {action}
    </div>
  );
}
