#!/usr/bin/env node
// How often the judge of canaries is wrong, beside a fixed threshold of 5 % failed
// requests: simulated steps of 30 minutes. Prints Markdown tables.
//
//   node benchmarks/canary.mjs --runs 400
import { parseArgs } from 'node:util';
import { loadTypeScript } from './lib/loadTypeScript.mjs';
import { randomOf, simulateStep } from './lib/simulateCanary.mjs';

const RATES = [0.2, 1, 10, 100];
const SHARE = 0.05;
const THRESHOLD = 0.05;
const MINUTES = 30;
/** A threshold is looked at over so many of the latest ticks: five minutes. */
const WINDOW_TICKS = 15;

const steady = (stable, canary) => () => ({ stable, canary });
const SCENARIOS = [
  { what: 'no difference, 0.1 % fail', scenario: steady(0.001, 0.001) },
  { what: 'no difference, 1 % fail', scenario: steady(0.01, 0.01) },
  { what: 'no difference, 3 % fail', scenario: steady(0.03, 0.03) },
  {
    what: 'outage of both for 5 minutes, 50 % fail',
    scenario: minute => {
      const rate = minute > 10 && minute <= 15 ? 0.5 : 0.01;
      return { stable: rate, canary: rate };
    },
  },
  { what: '0.1 % → 2 %', isWorse: true, scenario: steady(0.001, 0.02) },
  { what: '1 % → 3 %', isWorse: true, scenario: steady(0.01, 0.03) },
  { what: '1 % → 10 %', isWorse: true, scenario: steady(0.01, 0.1) },
  { what: '1 % → 60 %', isWorse: true, scenario: steady(0.01, 0.6) },
];

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '400' } },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1 || runs > 100_000) {
  console.error(`--runs: '${values.runs}' is not a whole number to 100000`);
  process.exit(2);
}

const { DEFAULT_JUDGE_SETTINGS, judge, observe, startStep } =
  await loadTypeScript('plugins/ml-common/src/judge', ['judge']);

function watchByJudge() {
  let state = startStep();
  const decision = () => judge(state, DEFAULT_JUDGE_SETTINGS).decision;
  return {
    rollsBack(tick) {
      state = observe(state, tick, DEFAULT_JUDGE_SETTINGS);
      return decision() === 'rollback';
    },
    passes: () => decision() === 'pass',
  };
}

/** As canary tools do it: failed by answered, over the latest minutes. */
function watchByThreshold() {
  const window = [];
  return {
    rollsBack({ canary }) {
      window.push(canary);
      if (window.length > WINDOW_TICKS) window.shift();
      const [requests, bad] = ['requests', 'bad'].map(name =>
        window.reduce((sum, counts) => sum + counts[name], 0),
      );
      return requests > 0 && bad / requests > THRESHOLD;
    },
    passes: () => true,
  };
}

/** The shares of steps that were rolled back, and that passed in the end. */
function measure({ scenario, perSecond, watch }) {
  const random = randomOf(7);
  const times = [];
  let passed = 0;
  for (let run = 0; run < runs; run += 1) {
    const watcher = watch();
    const seconds = simulateStep({
      ...{ random, scenario, perSecond, watcher },
      ...{ share: SHARE, minutes: MINUTES },
    });
    if (seconds !== undefined) times.push(seconds / 60);
    else if (watcher.passes()) passed += 1;
  }
  times.sort((a, b) => a - b);
  return {
    rolledBack: times.length / runs,
    minutes: times[Math.floor(times.length / 2)],
    passed: passed / runs,
  };
}

const percent = share => `${(share * 100).toFixed(1)} %`;

function describe({ minutes, rolledBack }, isWorse) {
  return isWorse && minutes
    ? `${percent(rolledBack)}, ${minutes.toFixed(1)} min`
    : percent(rolledBack);
}

function print(title, columns, cellsOf) {
  console.log(`\n### ${title}\n`);
  console.log(`| Failed requests | Worse | ${columns.join(' | ')} |`);
  console.log(`|---|---|${'--:|'.repeat(columns.length)}`);
  for (const result of results) {
    const { isWorse = false, what } = result;
    const cells = cellsOf(result, isWorse);
    console.log(
      `| ${what} | ${isWorse ? 'yes' : 'no'} | ${cells.join(' | ')} |`,
    );
  }
}

const results = SCENARIOS.map(each => ({
  ...each,
  byRate: RATES.map(perSecond => ({
    judge: measure({ ...each, perSecond, watch: watchByJudge }),
    threshold: measure({ ...each, perSecond, watch: watchByThreshold }),
  })),
}));

console.log(
  `${runs} steps of ${MINUTES} minutes a cell, ${
    SHARE * 100
  } % of the requests to the canary, looked at every 20 s`,
);
print(
  'Rolled back',
  RATES.flatMap(rate => [
    `${rate}/s, judge`,
    `${rate}/s, fixed ${THRESHOLD * 100} %`,
  ]),
  ({ byRate }, isWorse) =>
    byRate.flatMap(({ judge: ours, threshold }) =>
      [ours, threshold].map(each => describe(each, isWorse)),
    ),
);
print(
  'Passed by the judge at the end of the step; the rest waits for more requests',
  RATES.map(rate => `${rate}/s`),
  ({ byRate }) => byRate.map(({ judge: ours }) => percent(ours.passed)),
);
