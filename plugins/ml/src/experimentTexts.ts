import type {
  ExperimentState,
  ModelExperiment,
} from '@ml-platform/plugin-ml-common';

/** What the portal says of A/B experiments. */
export const experimentTexts = {
  title: 'Experiments',
  none: 'No experiment runs.',
  noneHelp:
    'An experiment divides the callers among versions and counts each of them. Begin one in a terminal:',
  command: (model: string) =>
    `npx ml experiments start ${model} NAME --env staging --sticky-header x-user-id --arm control=1.0.0:80 --arm new=1.1.0:20`,
  heading: ({ environment, name }: ModelExperiment) =>
    `${name}, in ${environment}`,
  state: {
    starting: 'Begins as soon as the data plane answers',
    running: 'Runs',
    stopping: 'Ends as soon as the data plane answers',
  } satisfies Record<ExperimentState, string>,
  foreign: 'Started at the inference server itself',
  sticky: (header: string | undefined) =>
    header
      ? `The header ${header} decides who gets which arm.`
      : 'Each request is assigned by itself.',
  outside: (requests: number) =>
    `${requests} requests without the header followed the live version.`,
  columns: {
    arm: 'Arm',
    version: 'Version',
    share: 'Share',
    requests: 'Requests',
    failed: 'Failed',
    p50: 'Half within',
    p99: '99 % within',
  },
  stop: 'Stop',
  stopLabel: ({ environment, name }: ModelExperiment) =>
    `Stop experiment ${name} in ${environment}`,
  dialog: (name: string) => `Stop experiment ${name}?`,
  will: [
    'All callers follow the live version again.',
    'The final counts go to the audit log.',
  ],
  willNot: ['The live version stays as it is.'],
  submit: 'Stop experiment',
  stopped: (name: string) => `Experiment ${name} has ended`,
};
