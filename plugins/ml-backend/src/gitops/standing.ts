import {
  type GitopsState,
  isWaiting,
  type Release,
} from '@ml-platform/plugin-ml-common';
import type { Attempt, StoredFile } from './GitopsStore';

/** What is known of a deployment and of its file. */
export interface Facts {
  file?: StoredFile;
  /** The live version. */
  running?: string;
  active?: Release;
  /** Whether a release ended that is not in Git yet. */
  isPending: boolean;
  attempt?: Attempt;
  /** The release of the attempt. */
  attempted?: Release;
}

/** How a deployment stands to its file. */
export interface Standing {
  state: GitopsState;
  message?: string;
  release?: string;
  /** Whether the file is to be released now. */
  isDue: boolean;
}

const FOLLOWS = { message: 'What runs has changed; the commit follows' };

/**
 * Compares what runs with what the file says. It asks for the state alone, not
 * for how it came about, so whatever was missed is caught up with.
 */
export function standingOf(facts: Facts): Standing {
  const { active, attempt, attempted, file, isPending, running } = facts;
  const is = (state: GitopsState, more: Partial<Standing> = {}): Standing => ({
    state,
    isDue: false,
    ...more,
  });
  if (file?.issues.length || (file && !file.desired)) {
    return is('refused', {
      message: 'The file is not followed until it is corrected',
    });
  }
  if (!file?.desired) {
    return isPending
      ? is('following', { message: 'The file is written as soon as Git can' })
      : is('undeclared', {
          message: 'The platform is about to write the file',
        });
  }
  const { version } = file.desired;
  if (version === running && !active) {
    return isPending ? is('following', FOLLOWS) : is('inSync');
  }
  if (isPending) return is('following', FOLLOWS);
  if (active) {
    if (active.version === version && isWaiting(active.state)) {
      return is('waiting', {
        release: active.id,
        message:
          active.state === 'gate'
            ? `Release ${active.number} is at the gate: ${version} goes on when it has passed its evaluation`
            : `Release ${active.number} waits for the approval of a second person`,
      });
    }
    return active.version === version
      ? is('releasing', {
          release: active.id,
          message: `Release ${active.number} brings ${version}`,
        })
      : is(version === running ? 'inSync' : 'waiting', {
          isDue: supersededBy(facts) !== undefined,
          release: active.id,
          message:
            attempt?.commit === file.commit.id && attempt.state === 'waiting'
              ? attempt.message
              : `Release ${active.number} (${active.kind} of ${active.version}) is under way`,
        });
  }
  if (attempt?.commit !== file.commit.id) {
    return is('waiting', {
      message: `${version} is about to be released`,
      isDue: true,
    });
  }
  if (attempt.state === 'waiting') {
    return is('waiting', { message: attempt.message, isDue: true });
  }
  return is('drifted', {
    release: attempt.release,
    message:
      attempt.state === 'denied'
        ? attempt.message
        : `${describe(
            attempted,
          )}; merge another change, or apply it once more with 'ml gitops apply'`,
  });
}

/**
 * Id of a release that waits and that an earlier commit of the same file asked
 * for: the file says by now what is wanted instead. What a person asked for by
 * other ways is left to people.
 */
export function supersededBy({
  active,
  attempt,
  file,
}: Facts): string | undefined {
  return active &&
    isWaiting(active.state) &&
    attempt?.release === active.id &&
    active.version !== file?.desired?.version
    ? active.id
    : undefined;
}

function describe(release: Release | undefined): string {
  if (!release) return 'It was released, and does not run any more';
  const { error, number, state } = release;
  return `Release ${number} is ${state.replace('_', ' ')}${
    error ? `: ${error.replace(/\.$/, '')}` : ''
  }`;
}
