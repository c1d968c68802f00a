import type { Release } from '@ml-platform/plugin-ml-common';
import type { Output } from '../../output/Output';
import { rolloutDashboard } from './rolloutDashboard';

/** Redraws a canary's course on a terminal; the last state stays on the screen. */
export function drawCanary(output: Output) {
  let drawn = 0;
  return {
    onRelease(release: Release) {
      const lines = rolloutDashboard(release, {
        paint: output.paintError,
        width: output.stderr.columns,
      });
      const up = drawn ? `\u001b[${drawn}A` : '';
      output.stderr.write(`${up}\u001b[J${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    end: async () => {},
  };
}
