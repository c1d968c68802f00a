import { ExitCode, type ExitStatus } from '@ml-platform/packaging';

export { ExitCode, type ExitStatus };

/** One line for each code, as `ml help exit-codes` prints them. */
export const EXIT_CODES: ReadonlyArray<{ code: ExitStatus; meaning: string }> =
  [
    { code: ExitCode.ok, meaning: 'done; an empty list is done, too' },
    { code: ExitCode.failed, meaning: 'failed; the message says what and why' },
    { code: ExitCode.usage, meaning: 'the command line is wrong' },
    {
      code: ExitCode.notFound,
      meaning: 'no such model, version, alias, release or approval',
    },
    {
      code: ExitCode.auth,
      meaning:
        'nobody is signed in, or who is may not do this; the message says what to run',
    },
    {
      code: ExitCode.conflict,
      meaning:
        'conflict: the version exists with other content or is in another state, or another release is under way',
    },
    {
      code: ExitCode.gateRefused,
      meaning: 'refused by a gate: policy, evaluation or approval',
    },
    {
      code: ExitCode.timeout,
      meaning: 'gave up waiting; the work is still running',
    },
    { code: ExitCode.pending, meaning: 'waits for somebody, an approval' },
    {
      code: ExitCode.differs,
      meaning:
        'what a version was made from differs, is missing, or could not be checked',
    },
    {
      code: ExitCode.degraded,
      meaning: 'the release was rolled back, or is live but unhealthy',
    },
    { code: ExitCode.interrupted, meaning: 'interrupted by Ctrl-C' },
  ];
