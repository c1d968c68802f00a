import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import {
  environmentInput,
  idempotencyKeyInput,
  modelInput,
  reasonInput,
  strategyInput,
  versionInput,
} from './inputs';
import { releaseOutput } from './outputs';
import { FIND_VERSIONS, withHint } from './withHint';

export function createDeployVersionAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'releases'>,
): void {
  const { actionsRegistry, releases } = options;
  actionsRegistry.register({
    name: 'deploy-version',
    title: 'Deploy a version of a machine learning model',
    description: `Makes a version of a machine learning model the live one in staging or production, in place of the version that is live there. From then on it answers the callers of that environment.
It answers at once with a release that goes on by itself; ask get-release with its id until it has a finishedAt. In production a further version usually takes over as a canary, for half an hour or more, and ends as rolled_back when it is worse. When it fails, what was live before still is. roll-back goes back, and aborts a canary.
A version that production takes only evaluated waits in the state gate while the platform evaluates it, goes on by itself when it passed, and ends as refused when it did not.
Quotas, freezes and other rules may refuse it; the message says what to do.
Drafts can go to staging only. One release a model and environment at a time.
Read get-model and get-version first, and have a person agree before you deploy to production.`,
    // Nothing is lost, but who calls the model gets other answers from then on.
    attributes: { readOnly: false, destructive: true, idempotent: true },
    schema: {
      input: zod =>
        zod.strictObject({
          model: modelInput(zod),
          version: versionInput(zod),
          environment: environmentInput(zod).describe(
            'Where it is to be live; try staging first',
          ),
          strategy: strategyInput(zod),
          reason: reasonInput(zod),
          idempotencyKey: idempotencyKeyInput(zod),
        }),
      output: zod => releaseOutput(zod),
    },
    action: async ({ credentials, input }) => {
      const { idempotencyKey, model, ...request } = input;
      return {
        output: await withHint(
          releases.createRelease(
            contextOf(credentials),
            model,
            request,
            idempotencyKey,
          ),
          {
            notFound: FIND_VERSIONS,
            conflict:
              'With actions: get-model tells what is live and under way, get-version the state of the version',
          },
        ),
      };
    },
  });
}
