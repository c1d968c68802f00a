import type { ReactNode } from 'react';

/** Something that may be wider than its place, and scrolls there. */
export function ScrollRegion(props: {
  /** What it is, for those who do not see it. */
  label: string;
  className: string;
  children: ReactNode;
}) {
  const { label, className, children } = props;
  return (
    <div
      className={className}
      // A scrolling region must be reachable with the keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      {children}
    </div>
  );
}
