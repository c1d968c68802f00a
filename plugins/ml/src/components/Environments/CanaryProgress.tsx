import { useState } from 'react';
import { Alert, Link, Text } from '@backstage/ui';
import {
  isRolloutOver,
  type Release,
  type RolloutStatus,
} from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import type { ReleaseActions } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton, MirrorTable, VerdictTable } from '../shared';
import { AbortCanaryDialog } from './AbortCanaryDialog';
import classes from './Environments.module.css';

/** A canary under way: its share, what the judge says, and what can be done. */
export function CanaryProgress(props: {
  release: Release;
  actions: ReleaseActions;
}) {
  const { release, actions } = props;
  const rollout = release.rollout!;
  const [aborting, setAborting] = useState(false);
  const toggle = rollout.state === 'paused' ? 'resume' : 'pause';
  const { submit, sending, error } = useRequest({
    send: api => api.steerRelease(release.id, toggle),
    done: texts.canary.done,
    onDone: () => {},
    onClose: () => {},
  });
  return (
    <div className={classes.canary}>
      <Text as="p" variant="body-small" weight="bold">
        {titleOf(rollout)}
      </Text>
      {!rollout.phase && <Steps rollout={rollout} />}
      <Text as="p" variant="body-small">
        {stateOf(rollout)}
      </Text>
      {rollout.report && <MirrorTable report={rollout.report} />}
      {rollout.verdict && (
        <VerdictTable {...rollout} verdict={rollout.verdict} />
      )}
      {rollout.flagged && (
        <Alert status="warning" icon title={texts.canary.flagged} />
      )}
      {error && <Alert status="danger" icon title={error} role="alert" />}
      {!isRolloutOver(rollout.state) && (
        <div className={classes.actions}>
          <ActionButton
            action={
              sending
                ? { enabled: false, reason: 'Sending…' }
                : actions.steer[toggle]
            }
            label={texts.canary.actions[toggle]}
            description={`${texts.canary.actions[toggle]} the canary of ${rollout.canary}`}
            onPress={submit}
          />
          <ActionButton
            action={actions.steer.abort}
            label={texts.canary.actions.abort}
            description={texts.canary
              .abortTitle(rollout.canary)
              .replace('?', '')}
            onPress={() => setAborting(true)}
          />
        </div>
      )}
      <Link href={`/ml/releases/${release.id}`}>{texts.releasePage.open}</Link>
      {aborting && (
        <AbortCanaryDialog
          release={release}
          action={actions.steer.abort}
          onClose={() => setAborting(false)}
        />
      )}
    </div>
  );
}

function titleOf({ canary, mirror, phase, weight }: RolloutStatus): string {
  if (phase === 'mirror') return texts.shadow.copying(mirror!.percent, canary);
  return texts.canary.title(weight, canary);
}

function stateOf(rollout: RolloutStatus): string | undefined {
  const { canary, phase, report, state, verdict } = rollout;
  if (state === 'paused') return texts.canary.paused;
  if (phase === 'check') return texts.shadow.checking(canary);
  if (phase === 'mirror') return report ? undefined : texts.shadow.waiting;
  return verdict?.reason ?? texts.canary.waiting;
}

function Steps(props: { rollout: RolloutStatus }) {
  const { step, steps } = props.rollout;
  return (
    <ol className={classes.weights} aria-label={texts.canary.steps}>
      {steps.map(({ weight }, index) => {
        let state: 'done' | 'now' | 'next' = 'next';
        if (index < step) state = 'done';
        if (index === step) state = 'now';
        return (
          <li
            key={weight}
            data-state={state}
            aria-label={texts.canary.step(weight, state)}
            aria-current={state === 'now' ? 'step' : undefined}
          >
            {weight} %
          </li>
        );
      })}
    </ol>
  );
}
