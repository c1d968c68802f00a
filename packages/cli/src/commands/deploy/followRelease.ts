import {
  isWaiting,
  type MlClient,
  type Release,
  waitsFor,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { toCliError } from '../../errors/toCliError';
import { formatDuration } from '../../output/format';
import { curlFor } from '../predict/curlFor';
import { sampleRequest } from '../predict/sampleRequest';
import { releaseText } from '../releases/releaseText';
import { waysOn } from '../releases/waysOn';
import type { ReleaseOptions } from './command';
import { drawCanary } from './drawCanary';
import { showCanary } from './showCanary';
import { showGate } from './showGate';
import { showPhases } from './showPhases';
import { waitForRelease } from './waitForRelease';

const MINUTE = 60_000;
const WAIT = 10 * MINUTE;
const GRADUAL_WAIT = 4 * 60 * MINUTE;
/** As long as an evaluation may take. */
const GATE_WAIT = 30 * MINUTE;

export interface FollowReleaseOptions {
  context: CommandContext;
  client: MlClient;
  /** As it was when it began. */
  release: Release;
  options: Pick<ReleaseOptions, 'wait' | 'timeout' | 'watch'>;
  /** Whether it goes on waiting while a second person is asked. */
  waitsForApproval?: boolean;
}

/** Waits for a release, shows its phases and tells how it ended. */
export async function followRelease({
  context,
  client,
  release: begun,
  options,
  waitsForApproval = false,
}: FollowReleaseOptions): Promise<void> {
  const { output } = context;
  const { model, environment, version } = begun;
  const what = `${model}@${version}`;
  output.info(
    `Release #${begun.number} of ${model} to ${environment}: ${
      begun.kind === 'rollback' ? 'back to ' : ''
    }${version}`,
  );
  if (!options.wait) {
    await printRelease(context, begun);
    output.hint(`Follow it with: ml releases show ${begun.id}`);
    return;
  }
  context.onInterrupt(
    () =>
      `Stopped waiting. The release goes on; follow it with:\n  ml releases show ${begun.id}`,
  );
  const started = Date.now();
  const isGradual = begun.strategy !== 'immediate';
  const draws = isGradual && options.watch && output.isInteractive;
  const tells = isGradual
    ? showCanary(output, what)
    : showPhases(output, what, { environment, gate: isWaiting(begun.state) });
  const phases = draws ? drawCanary(output) : tells;
  // What is drawn shows the gate by itself.
  const gate = output.isInteractive ? undefined : showGate(output, what);
  const wait =
    (isGradual ? GRADUAL_WAIT : WAIT) +
    (isWaiting(begun.state) ? GATE_WAIT : 0);
  const release = await waitForRelease({
    ...{ client, output },
    id: begun.id,
    timeout: options.timeout ?? wait,
    untilApproval: !waitsForApproval,
    onRelease: now => {
      gate?.onRelease(now);
      phases.onRelease(now);
    },
  }).finally(phases.end);
  if (release.state === 'failed') throw releaseFailed(release);
  if (release.state === 'refused') throw refused(release);
  if (release.state === 'approval') throw waitsForSomebody(release);
  if (release.state === 'rolled_back' || release.state === 'aborted') {
    throw takenBack(release);
  }
  if (release.state === 'shadowed') {
    output.done(
      `${what} answered copies of the requests; ${release.fromVersion} stays live in ${environment}`,
    );
    await printRelease(context, release);
    return;
  }

  const { items } = await client.listDeployments({ model, environment });
  const deployment = items.find(item => item.version === version);
  if (deployment?.health === 'failed') {
    throw new CliError({
      code: 'DEGRADED',
      exitCode: ExitCode.degraded,
      message: `${what} is live in ${environment} and unhealthy: ${
        deployment.healthReason ?? 'no reason is known'
      }`,
      hint: `Go back with: ml rollback ${model} --env ${environment}`,
    });
  }
  output.done(
    `${what} is live in ${environment} after ${formatDuration(
      Date.now() - started,
    )}`,
  );
  const endpoint = deployment?.endpoint;
  const request = endpoint
    ? await sampleRequest(client, model, version).catch(ifNotAllowed)
    : undefined;
  const curl = endpoint && request && curlFor(endpoint, request);
  await printRelease(context, release, { endpoint, curl });
  if (curl && curl.length <= 2_000) output.info(`\nCall it:\n${curl}`);
  else
    output.hint(`Call it: ml predict ${model} --env ${environment} --sample`);
}

/** Who may release need not be let at predictions. */
function ifNotAllowed(error: unknown): undefined {
  if (toCliError(error).exitCode !== ExitCode.auth) throw error;
}

async function printRelease(
  { output }: CommandContext,
  release: Release,
  more: { endpoint?: string; curl?: string } = {},
) {
  await output.object({
    kind: 'Release',
    name: release.id,
    data: { ...release, ...more },
    text: () => releaseText({ ...release, transitions: undefined }, output),
  });
}

function takenBack({
  error,
  fromVersion,
  id,
  model,
  environment,
  state,
}: Release) {
  return new CliError({
    code: state === 'aborted' ? 'ABORTED' : 'ROLLED_BACK',
    exitCode: ExitCode.degraded,
    message: `The release was ${
      state === 'aborted' ? 'aborted' : 'rolled back'
    }: ${error ?? 'no cause is known'}`,
    hint: `${model}@${fromVersion} serves all requests of ${environment}. Every step: ml releases show ${id}`,
  });
}

function refused({ environment, error, fromVersion, id, model }: Release) {
  return new CliError({
    code: 'GATE_REFUSED',
    exitCode: ExitCode.gateRefused,
    message: `The release was refused: ${error ?? 'no cause is known'}`,
    hint: `${
      fromVersion
        ? `${model}@${fromVersion} stays live in ${environment}. `
        : ''
    }Every step: ml releases show ${id}`,
  });
}

function waitsForSomebody(release: Release) {
  return new CliError({
    code: 'APPROVAL_PENDING',
    exitCode: ExitCode.pending,
    message: `The release waits for ${waitsFor(
      release,
    )}. It goes on by itself when that is approved`,
    hint: waysOn(release),
  });
}

function releaseFailed({
  id,
  model,
  environment,
  error,
  fromVersion,
}: Release) {
  return new CliError({
    code: 'RELEASE_FAILED',
    message: `The release failed: ${error ?? 'no cause is known'}`,
    hint: `${
      fromVersion
        ? `${model}@${fromVersion} stays live in ${environment}. `
        : ''
    }Every step: ml releases show ${id}`,
  });
}
