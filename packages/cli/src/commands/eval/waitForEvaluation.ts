import { setTimeout as sleep } from 'node:timers/promises';
import type { Evaluation, MlClient } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { formatDuration } from '../../output/format';
import { untilReachable } from '../untilReachable';
import { gateRefused } from './printReport';

/** Waits until an evaluation is over; a portal that restarts takes it up again. */
export async function waitForEvaluation(
  { output }: Pick<CommandContext, 'output'>,
  client: MlClient,
  { evaluation, timeout }: { evaluation: Evaluation; timeout: number },
): Promise<Evaluation> {
  const deadline = Date.now() + timeout;
  let said = '';
  for (let interval = 250; ; interval = Math.min(interval * 1.5, 2_000)) {
    // One that is away takes the evaluation up again when it is back.
    const now = await untilReachable(
      () => client.evaluations.get(evaluation.id),
      evaluation,
    );
    if (!['queued', 'running'].includes(now.state)) return now;
    if (now.state !== said) {
      output.info(
        now.state === 'queued' ? 'Waiting for its turn …' : 'Running …',
      );
    }
    said = now.state;
    if (Date.now() + interval > deadline) {
      throw new CliError({
        code: 'TIMEOUT',
        exitCode: ExitCode.timeout,
        message: `The evaluation is still ${now.state} after ${formatDuration(
          timeout,
        )}; it goes on`,
        hint: 'The portal shows how it ends, under the version.',
      });
    }
    await sleep(interval);
  }
}

/** @throws CliError, with another exit code for a suite that is missed than for one that could not be run. */
export function expectPassed(evaluation: Evaluation): void {
  if (evaluation.state === 'passed') return;
  if (evaluation.state === 'failed') throw gateRefused(evaluation);
  throw new CliError({
    code: 'EVALUATION_ERROR',
    message: `${evaluation.model}@${evaluation.version} could not be evaluated: ${evaluation.summary}`,
  });
}
