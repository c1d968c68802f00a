import type { Release } from './types';

/**
 * What a release that waits waits for, as the end of a sentence that begins
 * with "it waits for"; undefined for one that does not wait.
 * @public
 */
export function waitsFor({
  awaiting = [],
  evaluation,
  state,
  version,
}: Pick<Release, 'awaiting' | 'evaluation' | 'state' | 'version'>):
  | string
  | undefined {
  if (state === 'gate') {
    return `the evaluation of ${version} by the platform${
      evaluation ? ` (${evaluation})` : ''
    }`;
  }
  if (state !== 'approval') return undefined;
  const asked = awaiting.map(({ approval, rule }) => `${approval} (${rule})`);
  return `a second person to decide on approval ${asked.join(' and ')}`;
}
