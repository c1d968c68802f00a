import type { Release } from '@ml-platform/plugin-ml-common';
import { isFinal } from '@ml-platform/plugin-ml-common';
import type { Tone } from '../../lib/health';
import { texts } from '../../texts';
import { StateLabel } from './StateLabel';

/** The state of a release, in one word. */
export function ReleaseStateLabel(props: {
  release: Pick<Release, 'state' | 'error'>;
}) {
  const { state, error } = props.release;
  return (
    <StateLabel
      word={texts.releaseState[state]}
      tone={toneOf(state)}
      active={!isFinal(state)}
      detail={error}
    />
  );
}

function toneOf(state: Release['state']): Tone {
  if (state === 'succeeded' || state === 'shadowed') return 'success';
  if (state === 'aborted') return 'warning';
  return isFinal(state) ? 'danger' : 'info';
}
