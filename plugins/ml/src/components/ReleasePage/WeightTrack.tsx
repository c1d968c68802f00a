import { Text } from '@backstage/ui';
import type { RolloutStatus } from '@ml-platform/plugin-ml-common';
import { actualShare } from '../../lib/rolloutSeries';
import { texts } from '../../texts';
import classes from './ReleasePage.module.css';

/** The steps of a canary, how far it is, and its share as set and in fact. */
export function WeightTrack(props: { rollout: RolloutStatus }) {
  const { rollout } = props;
  const { heldMs, state, step, steps, weight } = rollout;
  const share = actualShare(rollout);
  return (
    <>
      <ol className={classes.track} aria-label={texts.canary.steps}>
        {steps.map((each, index) => {
          const reached = stateOf(index, rollout);
          const part =
            index === step && each.holdMs
              ? Math.min(heldMs / each.holdMs, 1)
              : Number(reached === 'done');
          return (
            <li
              key={each.weight}
              data-state={reached}
              aria-label={texts.canary.step(each.weight, reached)}
              aria-current={reached === 'now' ? 'step' : undefined}
            >
              <span className={classes.bar}>
                <span style={{ width: `${part * 100}%` }} />
              </span>
              {each.weight} %
            </li>
          );
        })}
      </ol>
      <Text as="p" variant="body-small" color="secondary">
        {state === 'running' || state === 'paused'
          ? texts.releasePage.share(weight, share)
          : texts.canary.outcome[state]}
      </Text>
    </>
  );
}

function stateOf(
  index: number,
  { state, step }: RolloutStatus,
): 'done' | 'now' | 'next' {
  if (state === 'promoted' || index < step) return 'done';
  return index === step && (state === 'running' || state === 'paused')
    ? 'now'
    : 'next';
}
