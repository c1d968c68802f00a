import { usageError } from '../parseRef';

/** @throws CliError for the first of the options that was given. */
export function refuseOptions(
  options: Record<string, string>,
  isGiven: (name: string) => boolean,
  relation: string,
): void {
  for (const [name, flag] of Object.entries(options)) {
    if (isGiven(name)) {
      throw usageError(`${flag} ${relation} --on-platform`);
    }
  }
}
