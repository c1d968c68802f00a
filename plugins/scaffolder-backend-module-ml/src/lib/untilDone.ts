import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 1_000;

/** Looks at something until it is over, or the time is up. */
export async function untilDone<
  T extends { state: string; finishedAt?: string },
>(options: {
  look: () => Promise<T>;
  seconds: number;
  signal?: AbortSignal;
  onChange: (now: T) => void;
}): Promise<T> {
  const { look, onChange, seconds, signal } = options;
  const deadline = Date.now() + seconds * 1000;
  let last: T | undefined;
  for (;;) {
    const now = await look();
    if (now.state !== last?.state) onChange(now);
    last = now;
    if (now.finishedAt || Date.now() > deadline) return now;
    await sleep(INTERVAL_MS, undefined, { signal });
  }
}
