import type { ReleaseStore } from '../../releases/ReleaseStore';
import type { EvidenceKind } from './EvidenceKind';

const HOUR_MS = 60 * 60 * 1000;
const MOST_HOURS = 24 * 90;

/** The version was live in staging for so many hours without a break. */
export function servedInStaging(
  releases: Pick<ReleaseStore, 'longestServed'>,
): EvidenceKind {
  return {
    name: 'staging-hours',
    description: 'it was live in staging for so many hours without a break',
    example: '24',
    checkArgument: argument => {
      const hours = Number(argument);
      return hours > 0 && hours <= MOST_HOURS
        ? undefined
        : `must be a number of hours, ${MOST_HOURS} at most`;
    },
    async missing({ model, version }, argument) {
      const served = await releases.longestServed(model, 'staging', version);
      if (served >= Number(argument) * HOUR_MS) return undefined;
      const hours = Math.floor((served / HOUR_MS) * 10) / 10;
      return `it was live in staging for ${hours} of ${argument} hours; leave it there, or release it there first`;
    },
  };
}
