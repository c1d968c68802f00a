import type {
  Release,
  RolloutPoint,
  RolloutStatus,
} from '@ml-platform/plugin-ml-common';
import { sparkline } from '../../output/sparkline';
import type { Paint } from '../../output/Style';

const NAME = 12;
const FIGURE = 24;
/** More lines would say less. */
const EVENTS = 4;

/** A canary's course for a terminal: steps, both versions, evidence, verdict, what happened. */
export function rolloutDashboard(
  release: Release,
  { paint, width }: { paint: Paint; width: number },
): string[] {
  const { environment, model, number, rollout, version } = release;
  const title = `Release #${number}: ${model}@${version} to ${environment}`;
  if (!rollout) return [paint('bold', title), stateOf(release)];
  return [
    paint('bold', title),
    stepsOf(rollout, paint),
    ...chartsOf(rollout, paint, width),
    '',
    rollout.verdict?.reason ??
      'The first verdict comes with the first requests.',
    ...rollout.events
      .slice(-EVENTS)
      .map(({ at, cause }) => paint('dim', `${at.slice(11, 19)}  ${cause}`)),
  ].map(line => cut(line, width));
}

function stateOf({ awaiting = [], evaluation, state }: Release): string {
  switch (state) {
    case 'gate':
      return evaluation
        ? 'gate: the platform runs its evaluation'
        : 'gate: looks for its evaluation';
    case 'approval':
      return `approval: a second person is asked (${awaiting
        .map(({ rule }) => rule)
        .join(', ')})`;
    default:
      return state;
  }
}

function stepsOf(rollout: RolloutStatus, paint: Paint): string {
  const { heldMs, state, step, steps, weight } = rollout;
  const track = steps.map(({ holdMs, weight: share }, index) => {
    if (state === 'promoted' || index < step)
      return paint('green', `■ ${share} %`);
    if (index > step) return paint('dim', `□ ${share} %`);
    const part = holdMs ? Math.min(heldMs / holdMs, 1) : 1;
    return paint('cyan', `▣ ${share} % (${Math.round(part * 100)} %)`);
  });
  return `${track.join('  ')}   ${state.replace('_', ' ')}, ${weight} % now`;
}

function chartsOf(
  { canary, series = [], stable, verdict }: RolloutStatus,
  paint: Paint,
  width: number,
): string[] {
  const room = Math.max(10, width - NAME - FIGURE - 2);
  const row = (
    name: string,
    values: Array<number | undefined>,
    options: {
      most?: number;
      color: 'cyan' | 'dim' | 'yellow';
      text: (value: number) => string;
    },
  ) => {
    const newest = values.findLast(value => value !== undefined);
    const line = sparkline(values, { most: options.most, width: room });
    return `${name.padEnd(NAME)}${paint(options.color, line)} ${
      newest === undefined ? 'no data' : options.text(newest)
    }`;
  };
  const percent = (value: number) => `${Number(value.toPrecision(3))} %`;
  const ms = (value: number) => `${Number(value.toPrecision(3))} ms`;
  const arm = (
    which: 'canary' | 'stable',
    valueOf: (counts: RolloutPoint['canary']) => number | undefined,
  ) => series.map(point => point[which] && valueOf(point[which]));
  const failed = ({ bad, requests }: RolloutPoint['canary']) =>
    requests ? (bad / requests) * 100 : undefined;
  const threshold = verdict?.evidence.errors.threshold;
  return [
    row(
      'Share',
      series.map(({ weight }) => weight),
      {
        ...{ most: 100, color: 'cyan', text: value => `${value} % set` },
      },
    ),
    row('Failed', arm('canary', failed), {
      ...{ most: 100, color: 'cyan' },
      text: value => `${percent(value)} of ${canary}`,
    }),
    row('', arm('stable', failed), {
      ...{ most: 100, color: 'dim' },
      text: value => `${percent(value)} of ${stable}`,
    }),
    row(
      'p99',
      arm('canary', ({ p99 }) => p99),
      {
        color: 'cyan',
        text: value => `${ms(value)} of ${canary}`,
      },
    ),
    row(
      '',
      arm('stable', ({ p99 }) => p99),
      {
        color: 'dim',
        text: value => `${ms(value)} of ${stable}`,
      },
    ),
    ...(threshold
      ? [
          row(
            'Evidence',
            series.map(({ e }) => e && Math.log10(Math.max(e.errors, 1))),
            {
              ...{ most: Math.log10(threshold), color: 'yellow' },
              text: value =>
                `E ${Number((10 ** value).toPrecision(2))} of ${threshold}`,
            },
          ),
        ]
      : []),
  ];
}

/** Nothing is longer than a line of the terminal; colours take no room. */
function cut(line: string, width: number): string {
  // eslint-disable-next-line no-control-regex
  const parts = line.split(/(\u001b\[[0-9;]*m)/);
  let room = width - 1;
  return parts
    .map(part => {
      if (part.startsWith('\u001b')) return part;
      const kept = [...part].slice(0, room).join('');
      room -= [...kept].length;
      return kept;
    })
    .join('');
}
