/** How long a delivery is tried before it counts as failed. */
export const GIVE_UP_MS = 24 * 60 * 60 * 1000;
const LONGEST_WAIT_MS = 4 * 60 * 60 * 1000;

/**
 * When to try again after so many attempts: each wait is about twice the one
 * before, between half and all of it at random, so that many deliveries that
 * failed together do not come back together.
 * @returns undefined when it is time to give up
 */
export function nextAttempt(options: {
  attempts: number;
  createdAt: string;
  /** Wait after the first attempt, in milliseconds. */
  firstWait: number;
  now?: Date;
  random?: number;
}): Date | undefined {
  const { attempts, createdAt, firstWait } = options;
  const { now = new Date(), random = Math.random() } = options;
  const wait = Math.min(firstWait * 2 ** (attempts - 1), LONGEST_WAIT_MS);
  const at = new Date(now.getTime() + wait * (0.5 + random / 2));
  const end = new Date(createdAt).getTime() + GIVE_UP_MS;
  return at.getTime() > end ? undefined : at;
}
