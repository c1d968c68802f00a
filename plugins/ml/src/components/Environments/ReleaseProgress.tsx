import { Box, Text } from '@backstage/ui';
import { RiCheckLine, RiCircleLine, RiLoader4Line } from '@remixicon/react';
import {
  isWaiting,
  type Release,
  type ReleaseState,
} from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import type { ReleaseActions } from '../../lib/actions';
import { ActorName } from '../shared';
import { CanaryProgress } from './CanaryProgress';
import { WaitingRelease } from './WaitingRelease';
import classes from './Environments.module.css';

const WAITING_STEPS = ['gate', 'approval'] as const;
const STEPS = ['pending', 'loading', 'routing', 'succeeded'] as const;
const CANARY_STEPS = [
  'pending',
  'loading',
  'progressing',
  'succeeded',
] as const;

type StepState = 'done' | 'now' | 'next';

const ICONS = {
  done: <RiCheckLine aria-label="done:" />,
  now: <RiLoader4Line aria-label="now:" />,
  next: <RiCircleLine aria-label="next:" />,
};

/** A release that is under way, step by step. */
export function ReleaseProgress(props: {
  release: Release;
  actions: ReleaseActions;
}) {
  const { release, actions } = props;
  const steps: readonly ReleaseState[] = [
    ...WAITING_STEPS.filter(step => passes(release, step)),
    ...(release.state === 'progressing' ? CANARY_STEPS : STEPS),
  ];
  return (
    <Box bg="neutral" className={classes.progress} role="status">
      <Text variant="body-small">
        Release #{release.number}:{' '}
        {texts.releaseKind[release.kind].toLowerCase()} to{' '}
        <strong>{release.version}</strong>, asked for by{' '}
        <ActorName actor={release.requestedBy} />
      </Text>
      <ol className={classes.steps}>
        {steps.map(step => {
          const state = stateOfStep(steps, step, release.state);
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
      {isWaiting(release.state) && (
        <WaitingRelease release={release} actions={actions} />
      )}
      {release.rollout && (
        <CanaryProgress release={release} actions={actions} />
      )}
    </Box>
  );
}

/** Whether a release waits there, or did; what lasts no time is left out. */
function passes(
  { awaiting, evaluation, lifted, state }: Release,
  step: (typeof WAITING_STEPS)[number],
): boolean {
  if (state === step) return true;
  return step === 'gate'
    ? evaluation !== undefined
    : Boolean(awaiting?.length) || Boolean(lifted?.length);
}

function stateOfStep(
  steps: readonly ReleaseState[],
  step: ReleaseState,
  current: ReleaseState,
): StepState {
  if (current === 'succeeded') return 'done';
  const difference = steps.indexOf(step) - steps.indexOf(current);
  if (difference < 0) return 'done';
  // A release that is pending is accepted, and waits for its first step.
  if (difference === 0) return 'now';
  return 'next';
}
