import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import {
  environmentInput,
  idempotencyKeyInput,
  modelInput,
  reasonInput,
  versionInput,
} from './inputs';
import { releaseOutput } from './outputs';
import { FIND_MODELS, withHint } from './withHint';

export function createRollBackAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'releases'>,
): void {
  const { actionsRegistry, releases } = options;
  actionsRegistry.register({
    name: 'roll-back',
    title: 'Roll back a machine learning model',
    description: `Goes back to a version of a machine learning model that served well in this environment before, by default the last good one before the live one (rollbackVersion of get-model).
It answers at once with a release that goes on by itself, usually within seconds; ask get-release with its id until its state is succeeded or failed.
Use it when the live version gives bad answers. It is recorded as a release, and deploy-version can bring the version back.`,
    // As with a deployment: callers get other answers from then on.
    attributes: { readOnly: false, destructive: true, idempotent: true },
    schema: {
      input: zod =>
        zod.strictObject({
          model: modelInput(zod),
          environment: environmentInput(zod).describe('Where to go back'),
          version: versionInput(zod)
            .optional()
            .describe(
              'Version that was live there before; leave it away for the last good one',
            ),
          reason: reasonInput(zod),
          idempotencyKey: idempotencyKeyInput(zod),
        }),
      output: zod => releaseOutput(zod),
    },
    action: async ({ credentials, input }) => {
      const { idempotencyKey, model, ...request } = input;
      return {
        output: await withHint(
          releases.rollback(
            contextOf(credentials),
            model,
            request,
            idempotencyKey,
          ),
          {
            notFound: FIND_MODELS,
            conflict:
              'With actions: get-model tells what is live, what is under way and where a rollback would go',
          },
        ),
      };
    },
  });
}
