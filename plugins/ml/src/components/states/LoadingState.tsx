import { Skeleton, VisuallyHidden } from '@backstage/ui';
import { texts } from '../../texts';
import classes from './states.module.css';

/** Grey lines where text will be. */
export function LoadingState(props: { lines?: number }) {
  const { lines = 4 } = props;
  return (
    <div className={classes.lines} role="status">
      <VisuallyHidden>{texts.states.loading}</VisuallyHidden>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton
          key={line}
          height={16}
          width={line % 3 === 2 ? '60%' : '100%'}
        />
      ))}
    </div>
  );
}
