import {
  isWaiting,
  type Release,
  type ReleaseState,
} from '@ml-platform/plugin-ml-common';
import type { Output } from '../../output/Output';

interface Phase {
  state: ReleaseState;
  title: string;
}

/** Shows the phases of a release as they pass: a list on a terminal, lines elsewhere. */
export function showPhases(
  output: Output,
  what: string,
  {
    environment,
    gate,
  }: {
    environment: string;
    /** Whether it begins by waiting. */
    gate: boolean;
  },
): {
  onRelease: (release: Release) => void;
  /** Leaves the last state on the screen. */
  end: () => Promise<void>;
} {
  const phases: Phase[] = [
    ...(gate
      ? [
          {
            state: 'gate' as const,
            title: `Gate: ${what} passed its evaluation`,
          },
        ]
      : []),
    { state: 'pending', title: 'Accept the release' },
    { state: 'loading', title: `Load ${what} and start its worker` },
    { state: 'routing', title: `Send the requests of ${environment} to it` },
  ];
  return output.isInteractive
    ? showList(output, phases)
    : showLines(
        output,
        phases.filter(({ state }) => state !== 'gate'),
      );
}

function showLines(output: Output, phases: Phase[]) {
  let shown = -1;
  return {
    onRelease({ state }: Release) {
      // That is told on its own.
      if (isWaiting(state)) return;
      const reached = phases.findIndex(phase => phase.state === state);
      // A poll may miss short phases; each is told nevertheless.
      const last =
        state === 'succeeded' ? phases.length - 1 : Math.max(reached, shown);
      while (shown < last) {
        shown += 1;
        output.info(`${phases[shown].title} …`);
      }
    },
    end: async () => {},
  };
}

function showList(output: Output, phases: Phase[]) {
  const settlers: Array<{ pass: () => void; fail: (why: Error) => void }> = [];
  const promises = phases.map(
    () =>
      new Promise<void>((pass, fail) => {
        settlers.push({ pass, fail });
      }),
  );
  // Listr looks at them one after the other; a failure must not go unhandled until then.
  for (const promise of promises) promise.catch(() => {});
  let reached = 0;
  const drawn = draw(output, phases, promises);
  return {
    onRelease({ state }: Release) {
      const index = phases.findIndex(phase => phase.state === state);
      const passed = state === 'succeeded' ? phases.length : index;
      while (reached < passed) {
        settlers[reached].pass();
        reached += 1;
      }
    },
    async end() {
      for (const { fail } of settlers.slice(reached)) {
        fail(new Error('not reached'));
      }
      await drawn;
    },
  };
}

async function draw(
  output: Output,
  phases: Phase[],
  promises: ReadonlyArray<Promise<void>>,
): Promise<void> {
  const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
  const list = new Listr(
    phases.map(({ title }, index) => ({ title, task: () => promises[index] })),
    {
      exitOnError: true,
      registerSignalListeners: false,
      rendererOptions: {
        showErrorMessage: false,
        collapseErrors: false,
        logger: new ListrLogger({
          processOutput: new ProcessOutput(output.stderr, output.stderr),
        }),
      },
    },
  );
  await list.run().catch(() => {});
}
