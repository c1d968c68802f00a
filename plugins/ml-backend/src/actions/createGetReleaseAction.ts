import { RELEASE_STATES } from '@ml-platform/plugin-ml-common';
import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { releaseOutput } from './outputs';
import { withHint } from './withHint';

export function createGetReleaseAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'releases'>,
): void {
  const { actionsRegistry, releases } = options;
  actionsRegistry.register({
    name: 'get-release',
    title: 'Get a release of a machine learning model',
    description: `Tells how far a deployment or rollback of a machine learning model has come: its state, each step with time and cause, and why it failed if it did.
Ask again every few seconds until finishedAt is there; state is then succeeded or failed. The id comes from deploy-version, roll-back or get-model.`,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: zod =>
        zod.strictObject({
          id: zod.string().min(1).max(100).describe('Id of the release'),
        }),
      output: zod =>
        releaseOutput(zod).extend({
          transitions: zod
            .array(
              zod.object({
                to: zod.enum(RELEASE_STATES),
                at: zod.string().describe('ISO 8601'),
                actor: zod.string(),
                cause: zod.string(),
              }),
            )
            .optional()
            .describe('Oldest first'),
        }),
    },
    action: async ({ credentials, input }) => ({
      output: await withHint(
        releases.getRelease(contextOf(credentials), input.id),
        {
          notFound:
            'With actions: activeRelease and lastFailure of get-model carry ids of releases',
        },
      ),
    }),
  });
}
