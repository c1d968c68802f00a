import { setTimeout as sleep } from 'node:timers/promises';

const FIRST = 500;
const LONGEST = 8_000;

/** Waits before retry `attempt` (0 is the first), longer each time and never at the same moment as others. */
export async function backoff(
  attempt: number,
  retryAfter?: string | null,
): Promise<void> {
  const asked = Number(retryAfter) * 1000;
  const longest = Math.min(FIRST * 2 ** attempt, LONGEST);
  const wait =
    asked > 0 ? Math.min(asked, 60_000) : longest * (0.5 + Math.random() / 2);
  await sleep(wait);
}

/** Whether a response may be different next time. */
export function isTransient(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}
