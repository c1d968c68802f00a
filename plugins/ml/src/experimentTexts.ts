import type {
  ExperimentState,
  ModelExperiment,
} from '@ml-platform/plugin-ml-common';

/** What the portal says of A/B experiments. */
export const experimentTexts = {
  title: 'Experiments',
  none: 'No experiment runs.',
  noneHelp:
    'An experiment divides the callers among versions and counts each of them. Begin one here, or in a terminal:',
  command: (model: string) =>
    `npx ml experiments start ${model} NAME --env staging --sticky-header x-user-id --arm control=1.0.0:80 --arm new=1.1.0:20`,
  start: {
    button: 'Start an experiment…',
    dialog: (model: string) => `Start an A/B experiment with ${model}`,
    will: [
      'The versions of the arms are loaded where they are not, and stay loaded while it runs.',
      'Callers without a pin are divided among the arms by their weights, and each arm is counted.',
    ],
    willNot: [
      'It makes no version the live one, and changes nothing for callers with a pin.',
    ],
    submit: 'Start it',
    done: (name: string, runs: boolean) =>
      runs
        ? `Experiment ${name} runs`
        : `Experiment ${name} begins as soon as the data plane answers`,
    environment: 'Environment',
    busy: (environment: string) =>
      `One runs in ${environment} already; stop it first.`,
    name: 'Name',
    nameHelp: 'It decides, with the caller, who gets which arm: price-2',
    badName: 'Give it a name of lower-case letters, digits and dashes.',
    arms: 'Arms',
    armsHelp: 'One a line, name=version:weight: control=1.0.0:80',
    badArm: (line: string) =>
      `'${line}' is no arm; write one as control=1.0.0:80.`,
    armTwice: (name: string) => `The arm '${name}' is there twice.`,
    fewArms: 'Name two arms at least.',
    header: 'Header that keeps the arm',
    headerHelp:
      'Requests with the same value get the same arm: x-user-id. Without it, each request is assigned by itself.',
    force: 'Callers may choose an arm (x-ml-arm)',
  },
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
