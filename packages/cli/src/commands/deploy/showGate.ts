import type { Release } from '@ml-platform/plugin-ml-common';
import type { Output } from '../../output/Output';

/** Tells what a release waits for before it begins, and what let it pass. */
export function showGate(output: Output, what: string) {
  const said = new Set<string>();
  const say = (text: string) => {
    if (!said.has(text)) output.info(text);
    said.add(text);
  };
  return {
    onRelease({ evaluation, state, transitions = [] }: Release) {
      const passed = transitions.find(({ from }) => from === 'gate');
      if (state === 'gate' && evaluation) {
        say(`Gate: the platform evaluates ${what} first …`);
      } else if (passed) say(`Gate: ${passed.cause}`);
      if (state === 'approval')
        say('Wait for the approval of a second person …');
    },
  };
}
