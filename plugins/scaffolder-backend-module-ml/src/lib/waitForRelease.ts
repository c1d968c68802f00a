import { setTimeout as sleep } from 'node:timers/promises';
import type { MlClient, Release } from '@ml-platform/plugin-ml-common';

const INTERVAL_MS = 1_000;

/** Follows a release until it is over or only a person can let it go on, or the time is up. */
export async function waitForRelease(options: {
  client: MlClient;
  release: Release;
  seconds: number;
  signal?: AbortSignal;
  /** Whether it is followed no further than through its gate. */
  gateOnly?: boolean;
  onChange: (release: Release) => void;
}): Promise<Release> {
  const { client, gateOnly, onChange, seconds, signal } = options;
  const goesOn = ({ finishedAt, state }: Release) =>
    gateOnly ? state === 'gate' : !finishedAt && state !== 'approval';
  const deadline = Date.now() + seconds * 1000;
  let release = options.release;
  while (goesOn(release) && Date.now() < deadline) {
    await sleep(INTERVAL_MS, undefined, { signal });
    const now = await client.getRelease(release.id);
    if (now.state !== release.state) onChange(now);
    release = now;
  }
  return release;
}
