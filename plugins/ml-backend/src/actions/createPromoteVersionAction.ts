import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import {
  idempotencyKeyInput,
  modelInput,
  reasonInput,
  strategyInput,
  versionInput,
} from './inputs';
import { releaseOutput } from './outputs';
import { FIND_MODELS, withHint } from './withHint';

export function createPromoteVersionAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'releases'>,
): void {
  const { actionsRegistry, releases } = options;
  actionsRegistry.register({
    name: 'promote-version',
    title: 'Promote a machine learning model from staging to production',
    description: `Takes the version of a machine learning model that is live in staging to production: the very same bytes. It is refused when nothing is live in staging, or when it does not run well there.
It answers at once with a release that goes on by itself. In production a further version usually takes over as a canary, for half an hour or more; ask get-release with its id until its state is succeeded, refused, failed, rolled_back or aborted.
Quotas and freezes may refuse it; the message says what to do. Have a person agree before you promote.`,
    // Nothing is lost, but who calls the model gets other answers from then on.
    attributes: { readOnly: false, destructive: true, idempotent: true },
    schema: {
      input: zod =>
        zod.strictObject({
          model: modelInput(zod),
          version: versionInput(zod)
            .optional()
            .describe('Version that must be live in staging'),
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
          releases.promote(
            contextOf(credentials),
            model,
            request,
            idempotencyKey,
          ),
          {
            notFound: FIND_MODELS,
            conflict:
              'With actions: get-model tells what is live and under way in each environment',
          },
        ),
      };
    },
  });
}
