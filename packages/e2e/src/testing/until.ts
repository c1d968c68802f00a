import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** What is waited for, as it reads in the failure. */
  what: string;
  timeoutMs?: number;
  intervalMs?: number;
}

/**
 * Asks again and again until there is an answer that is not undefined or
 * false; fails with the last error once the time is over.
 */
export async function until<T>(
  check: () => Promise<T | undefined | false> | T | undefined | false,
  options: UntilOptions,
): Promise<T> {
  const { what, timeoutMs = 30_000, intervalMs = 50 } = options;
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `Waited ${timeoutMs} ms in vain: ${what}${
          lastError ? ` (last error: ${lastError})` : ''
        }`,
      );
    }
    await sleep(intervalMs);
  }
}
