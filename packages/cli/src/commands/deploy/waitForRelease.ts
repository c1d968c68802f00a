import { setTimeout as sleep } from 'node:timers/promises';
import {
  isFinal,
  type MlClient,
  type Release,
} from '@ml-platform/plugin-ml-common';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { toCliError } from '../../errors/toCliError';
import { formatDuration } from '../../output/format';
import type { Output } from '../../output/Output';

const FIRST_INTERVAL = 250;
const LONGEST_INTERVAL = 2_000;

export interface WaitForReleaseOptions {
  client: MlClient;
  output: Output;
  id: string;
  /** Milliseconds. */
  timeout: number;
  onRelease: (release: Release) => void;
  /** Whether it returns when a release begins to wait for an approval. */
  untilApproval?: boolean;
}

/**
 * Waits until a release is final, or only a person can let it go on. A portal that restarts meanwhile is waited
 * for, too: it carries on with the release by itself.
 */
export async function waitForRelease(
  options: WaitForReleaseOptions,
): Promise<Release> {
  const { client, id, timeout, onRelease, output, untilApproval } = options;
  const deadline = Date.now() + timeout;
  let interval = FIRST_INTERVAL;
  let isAway = false;
  for (;;) {
    const { release, problem } = await read(client, id);
    if (problem && !isAway) output.warn(`${problem}; still waiting.`);
    isAway = problem !== undefined;
    if (release) {
      onRelease(release);
      if (isFinal(release.state)) return release;
      if (untilApproval && release.state === 'approval') return release;
    }
    if (Date.now() + interval > deadline) {
      throw new CliError({
        code: 'TIMEOUT',
        exitCode: ExitCode.timeout,
        message: `The release is still ${
          release?.state ?? 'running'
        } after ${formatDuration(timeout)}; it goes on`,
        hint: `Follow it with: ml releases show ${id}`,
      });
    }
    await sleep(interval);
    interval = Math.min(interval * 1.5, LONGEST_INTERVAL);
  }
}

/** Reads the release; a portal that is away for a moment is a problem, not an error. */
async function read(
  client: MlClient,
  id: string,
): Promise<{ release?: Release; problem?: string }> {
  try {
    return { release: await client.getRelease(id) };
  } catch (error) {
    const { code, message } = toCliError(error);
    if (!['UNREACHABLE', 'SERVER_ERROR'].includes(code)) throw error;
    return { problem: message };
  }
}
