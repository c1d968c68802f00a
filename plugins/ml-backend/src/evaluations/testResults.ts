import { PREDICATE_TYPES } from '@ml-platform/attestations';
import { type TestResult, testResultSchema } from '@ml-platform/evaluation';
import {
  PACKAGE_FILES,
  type ProofReport,
  type Version,
} from '@ml-platform/plugin-ml-common';

/** What the attestations of a version say of its evaluation. */
export interface GateFinding {
  passed: boolean;
  /** Whether running its suite could change that: nobody who counts said that it failed. */
  isOpen: boolean;
  /** A sentence. */
  message: string;
  /** Where the result that counts compared it with production: with which version, if there was one. */
  compared?: { baseline?: string };
}

/**
 * Whether a version passed its evaluation, by what is attached to it: the
 * newest test result counts that somebody trusted has signed, that is about
 * exactly these bytes, and that ran exactly the suite in them.
 */
export function judgeTestResults(
  version: Pick<Version, 'files'>,
  attestations: readonly ProofReport[],
): GateFinding {
  const suite = version.files.find(({ path }) => path === PACKAGE_FILES.suite);
  if (!suite) {
    return {
      passed: false,
      isOpen: false,
      message: `its package has no ${PACKAGE_FILES.suite}`,
    };
  }
  const about = attestations.filter(
    ({ predicateType }) => predicateType === PREDICATE_TYPES.testResult,
  );
  const results = about.flatMap(report => resultsOf(report, suite.digest));
  const [newest] = results.sort((a, b) => (a.at < b.at ? 1 : -1));
  if (newest) {
    const { result, at, compared, failed, signer } = newest;
    const when = `${at ? ` at ${at}` : ''}, signed by ${signer}`;
    return result === 'PASSED'
      ? {
          passed: true,
          isOpen: false,
          message: `it passed its evaluation${when}`,
          ...(compared && { compared }),
        }
      : {
          passed: false,
          isOpen: false,
          message: `it did not pass its evaluation${when}${
            failed.length ? `; missed: ${failed.join(', ')}` : ''
          }`,
        };
  }
  const problem = about.find(({ problem: found }) => found)?.problem;
  if (problem) {
    return {
      passed: false,
      isOpen: true,
      message: `a test result is attached that does not count. ${problem.message}`,
    };
  }
  return {
    passed: false,
    isOpen: true,
    message: about.length
      ? 'it was evaluated with another suite than the one in its package'
      : 'it was not evaluated',
  };
}

function resultsOf(report: ProofReport, suiteDigest: string) {
  const parsed = testResultSchema.safeParse(report.predicate);
  if (report.state !== 'valid' || !parsed.success) return [];
  const suite = suiteOf(parsed.data, suiteDigest);
  if (!suite) return [];
  const { baseline, finishedAt: at } = suite.annotations ?? {};
  const { passedTests = [], warnedTests = [] } = parsed.data;
  const compares = [...passedTests, ...warnedTests].some(name =>
    name.startsWith('comparison: '),
  );
  return [
    {
      result: parsed.data.result,
      compared: compares
        ? { ...(typeof baseline === 'string' && { baseline }) }
        : undefined,
      at: typeof at === 'string' ? at : '',
      failed: parsed.data.failedTests ?? [],
      signer: report.signer?.name ?? 'somebody',
    },
  ];
}

/** The entry of a test result that names the suite. */
export function suiteOf({ configuration }: TestResult, digest: string) {
  return configuration.find(
    entry => `sha256:${entry.digest?.sha256}` === digest,
  );
}
