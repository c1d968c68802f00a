import type {
  EvaluationCheck,
  EvaluationState,
} from '@ml-platform/plugin-ml-common';

/** What the portal says about evaluations; a part of `texts`. */
export const evaluationTexts = {
  title: 'Evaluation',
  passed: 'Passed its evaluation',
  notPassed: 'Has not passed its evaluation',
  evaluate: 'Evaluate',
  evaluateOf: (version: string) => `Evaluate ${version} on the platform`,
  started: 'The platform evaluates the version',
  forbidden:
    'Only who may register versions of this model may have them evaluated.',
  underWay: 'An evaluation of this version is under way',
  required: (environments: readonly string[]) =>
    `${environments.join(' and ')} takes versions only that passed.`,
  history: 'Evaluations of this version',
  none: 'Nobody has evaluated this version yet.',
  columns: ['When', 'Verdict', 'By', 'What came of it'],
  state: {
    queued: 'waiting',
    running: 'running',
    passed: 'passed',
    failed: 'failed',
    error: 'could not be run',
  } satisfies Record<EvaluationState, string>,
  show: 'Show the report',
  hide: 'Hide the report',
  showOf: (when: string) => `Show the report of ${when}`,
  noReport: 'There is no report of it.',
  report: 'Report',
  checks: 'Checks',
  checkColumns: ['Check', 'Verdict', 'Value', 'Asked for', 'Rows'],
  verdict: {
    passed: 'passed',
    failed: 'failed',
    skipped: 'skipped',
    info: 'no threshold',
  } satisfies Record<EvaluationCheck['verdict'], string>,
  missedBy: (amount: string) => `missed by ${amount}`,
  plots: {
    confusion: 'Confusion matrix',
    roc: 'ROC',
    calibration: (error: string) => `Calibration, error ${error}`,
    scatter: 'Right and told values',
    told: 'told class',
    right: 'right class',
    falseAlarms: 'share of false alarms',
    hits: 'share of hits',
    confidence: 'confidence',
    accuracy: 'share that is right',
    rightValue: 'right value',
    toldValue: 'told value',
  },
  waitsAtGate: (version: string) =>
    `${version} was not evaluated yet: the release waits at the gate while the platform runs its suite, goes on by itself when it passed, and ends as refused when it did not.`,
  checking: 'Looking whether it passed its evaluation…',
  refused: (version: string, message: string) =>
    `${version}: ${message}. Evaluate it first, in the details of the version.`,
};
