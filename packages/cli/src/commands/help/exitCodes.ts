import { EXIT_CODES } from '../../errors/ExitCode';

/** What `ml help exit-codes` prints. */
export function exitCodes(): string {
  return [
    'Exit codes of ml:',
    '',
    ...EXIT_CODES.map(
      ({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`,
    ),
  ].join('\n');
}
