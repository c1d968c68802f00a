import type { Release, Verdict } from '@ml-platform/plugin-ml-common';
import { texts } from '../texts';

/** The data plane did it by itself. */
const DATA_PLANE = 'service:inference-server';

/** Something that happened in a release. */
export interface LogEntry {
  at: string;
  what: string;
  cause: string;
  actor: string;
  tone?: 'good' | 'bad';
  verdict?: Verdict;
}

/** What the portal and the data plane recorded of a release, as one story. */
export function releaseLog({
  rollout,
  transitions = [],
}: Pick<Release, 'rollout' | 'transitions'>): LogEntry[] {
  const moves = transitions.map(({ actor, at, cause, to }): LogEntry => {
    const what = texts.releaseState[to];
    if (to === 'succeeded') return { at, what, cause, actor, tone: 'good' };
    const isBad = ['failed', 'refused', 'rolled_back'].includes(to);
    return { at, what, cause, actor, ...(isBad && { tone: 'bad' }) };
  });
  const events = (rollout?.events ?? []).map(
    ({ actor = DATA_PLANE, at, cause, verdict, what }): LogEntry => ({
      ...{ at, cause, actor, verdict },
      what: texts.releasePage.events[what],
      ...(what === 'promoted' && { tone: 'good' }),
      ...(what === 'rolled_back' && { tone: 'bad' }),
    }),
  );
  return [...moves, ...events].sort((a, b) => a.at.localeCompare(b.at));
}
