import type { ActionContext } from '@backstage/plugin-scaffolder-node';
import {
  isWaiting,
  type MlClient,
  type Release,
} from '@ml-platform/plugin-ml-common';
import type { MlAccess } from '../lib/MlAccess';
import { toActionError } from '../lib/toActionError';
import { waitForRelease } from '../lib/waitForRelease';

/** Long enough for a large model to load; a canary takes longer, and is not waited for. */
const WAIT_SECONDS = 600;
/** As long as an evaluation may take, where its gate has it run. */
const GATE_SECONDS = 1_800;

type Context = Pick<
  ActionContext<any, any, any>,
  | 'checkpoint'
  | 'getInitiatorCredentials'
  | 'isDryRun'
  | 'logger'
  | 'output'
  | 'signal'
  | 'task'
>;

/**
 * Asks for a release once, whatever happens to the task, and follows it. The
 * key of the checkpoint is also the key under which the portal knows it again.
 */
export async function carryOutRelease(
  ctx: Context,
  options: {
    access: MlAccess;
    /** What is done, for people: `Deploy wine@1.0.0 to staging`. */
    what: string;
    wait: boolean;
    request: (client: MlClient, idempotencyKey: string) => Promise<Release>;
  },
): Promise<void> {
  const { access, request, wait, what } = options;
  if (ctx.isDryRun) {
    ctx.logger.info(`${what}: not in a dry run`);
    return;
  }
  const client = await access.client(await ctx.getInitiatorCredentials());
  const key = `ml.release.${what}`;
  const id = await ctx.checkpoint({
    key,
    fn: async () => {
      const idempotencyKey = `${ctx.task.id}.${key}`.replace(/\s/g, '-');
      const asked = request(client, idempotencyKey.slice(0, 255));
      return (
        await asked.catch(error => {
          throw toActionError(error);
        })
      ).id;
    },
  });
  let release = await client.getRelease(id);
  ctx.logger.info(`${what}: release ${release.number} is ${release.state}`);
  // What its gate says is always waited for: a task is not done that may be refused.
  release = await waitForRelease({
    ...{ client, release, signal: ctx.signal, gateOnly: !wait },
    seconds: WAIT_SECONDS + (isWaiting(release.state) ? GATE_SECONDS : 0),
    onChange: now => ctx.logger.info(`It is ${now.state}`),
  });
  if (release.state === 'approval') {
    ctx.logger.warn('It waits for the approval of a second person');
  }
  ctx.output('releaseId', release.id);
  ctx.output('version', release.version);
  ctx.output('state', release.state);
  if (['refused', 'failed', 'rolled_back', 'aborted'].includes(release.state)) {
    throw new Error(
      `${what}: ${release.state.replace('_', ' ')}: ${
        release.error ?? 'no reason was given'
      }. What was live before still is`,
    );
  }
}
