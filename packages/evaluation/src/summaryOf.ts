import type {
  EvaluationCheck,
  EvaluationReport,
} from '@ml-platform/plugin-ml-common';

/** The verdict of all checks, and one sentence that says it. */
export function summaryOf(
  checks: readonly EvaluationCheck[],
): Pick<EvaluationReport, 'verdict' | 'summary'> {
  const count = (verdict: EvaluationCheck['verdict']) =>
    checks.filter(check => check.verdict === verdict).length;
  const failed = checks.filter(({ verdict }) => verdict === 'failed');
  const passed = count('passed');
  const skipped = count('skipped');
  const more = skipped ? `, ${skipped} skipped` : '';
  if (failed.length) {
    return {
      verdict: 'failed',
      summary: `${failed.length} of ${
        failed.length + passed
      } checks failed${more}: ${failed[0].message}`,
    };
  }
  // What asks for nothing cannot be passed.
  return passed
    ? { verdict: 'passed', summary: `All ${passed} checks passed${more}` }
    : { verdict: 'failed', summary: 'No check has a threshold to be passed' };
}
