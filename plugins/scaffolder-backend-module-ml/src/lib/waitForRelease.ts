import { setTimeout as sleep } from 'node:timers/promises';
import type { MlClient, Release } from '@ml-platform/plugin-ml-common';

const INTERVAL_MS = 1_000;

/** Follows a release until it is over, or the time is up. */
export async function waitForRelease(options: {
  client: MlClient;
  release: Release;
  seconds: number;
  signal?: AbortSignal;
  onChange: (release: Release) => void;
}): Promise<Release> {
  const { client, onChange, seconds, signal } = options;
  const deadline = Date.now() + seconds * 1000;
  let release = options.release;
  while (!release.finishedAt && Date.now() < deadline) {
    await sleep(INTERVAL_MS, undefined, { signal });
    const now = await client.getRelease(release.id);
    if (now.state !== release.state) onChange(now);
    release = now;
  }
  return release;
}
