import { Box, Text } from '@backstage/ui';
import { RiCheckLine, RiCircleLine, RiLoader4Line } from '@remixicon/react';
import type { Release, ReleaseState } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { actorName } from '../shared';
import classes from './Environments.module.css';

const STEPS = ['pending', 'loading', 'routing', 'succeeded'] as const;

type StepState = 'done' | 'now' | 'next';

const ICONS = {
  done: <RiCheckLine aria-label="done:" />,
  now: <RiLoader4Line aria-label="now:" />,
  next: <RiCircleLine aria-label="next:" />,
};

/** A release that is under way, step by step. */
export function ReleaseProgress(props: { release: Release }) {
  const { release } = props;
  return (
    <Box bg="neutral" className={classes.progress} role="status">
      <Text variant="body-small">
        Release #{release.number}:{' '}
        {texts.releaseKind[release.kind].toLowerCase()} to{' '}
        <strong>{release.version}</strong>, asked for by{' '}
        {actorName(release.requestedBy)}
      </Text>
      <ol className={classes.steps}>
        {STEPS.map(step => {
          const state = stateOfStep(step, release.state);
          return (
            <li
              key={step}
              data-state={state}
              aria-current={state === 'now' ? 'step' : undefined}
            >
              {ICONS[state]}
              <Text variant="body-small">{texts.releaseStep[step]}</Text>
            </li>
          );
        })}
      </ol>
    </Box>
  );
}

function stateOfStep(
  step: (typeof STEPS)[number],
  current: ReleaseState,
): StepState {
  if (current === 'succeeded') return 'done';
  const difference = STEPS.indexOf(step) - STEPS.findIndex(s => s === current);
  if (difference < 0) return 'done';
  // A release that is pending is accepted, and waits for its first step.
  if (difference === 0) return 'now';
  return 'next';
}
