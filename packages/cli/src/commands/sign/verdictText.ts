import { renderTable } from '../../output/renderTable';
import type { Verdict } from './verify';

const WORDS: Record<Verdict['state'], string> = {
  valid: 'holds',
  untrusted: 'not trusted',
  invalid: 'does not hold',
};

/** What was found, for people: a line for each signature, then the files that differ. */
export function verdictText(verdicts: Verdict[]): string {
  const lines = [
    renderTable(
      ['SIGNATURE', 'RESULT', 'SIGNED BY'],
      verdicts.map(({ signature, signedBy, state }) => [
        signature,
        WORDS[state],
        signedBy
          ? `${signedBy.name} (${signedBy.fingerprint.slice(0, 16)})`
          : '-',
      ]),
    ),
  ];
  const differences = verdicts.flatMap(verdict => verdict.differences ?? []);
  if (differences.length) {
    lines.push(
      '',
      renderTable(
        ['FILE', 'IT WAS', 'SIGNED', 'FOUND'],
        differences.map(({ found, kind, path, signed }) => [
          path,
          kind,
          signed?.slice(0, 19) ?? '-',
          found?.slice(0, 19) ?? '-',
        ]),
      ),
    );
  }
  return lines.join('\n');
}
