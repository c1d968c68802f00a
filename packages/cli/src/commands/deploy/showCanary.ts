import type { Release } from '@ml-platform/plugin-ml-common';
import type { Output } from '../../output/Output';

/** Tells a canary as it goes: each of its events, and what the judge lacks. */
export function showCanary(output: Output, what: string) {
  let shown = 0;
  let said: string | undefined;
  const say = (text: string) => {
    if (text !== said) output.info(text);
    said = text;
  };
  return {
    onRelease({ rollout, state, fromVersion }: Release) {
      if (state === 'loading') say(`Load ${what} and start its worker …`);
      if (!rollout) return;
      if (!shown) say(`Watch it beside ${fromVersion} …`);
      const { events } = rollout;
      for (const event of events.slice(shown)) say(`  ${event.cause}`);
      shown = Math.max(shown, events.length);
    },
    end: async () => {},
  };
}
