import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { modelInput, versionInput } from './inputs';
import { versionOutput } from './outputs';
import { toVersionOutput } from './toVersionOutput';
import { FIND_VERSIONS, withHint } from './withHint';

export function createPublishVersionAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'lifecycle'>,
): void {
  const { actionsRegistry, lifecycle } = options;
  actionsRegistry.register({
    name: 'publish-version',
    title: 'Publish a draft version of a machine learning model',
    description: `Makes a draft a registered version, which may go to production from then on, and tells the webhooks of it. It cannot be made a draft again. Nothing goes live by it: deploy-version does that.`,
    // A second time it is refused: it is no draft any more.
    attributes: { readOnly: false, destructive: false, idempotent: false },
    schema: {
      input: zod =>
        zod.strictObject({
          model: modelInput(zod),
          version: versionInput(zod),
        }),
      output: zod => versionOutput(zod),
    },
    action: async ({ credentials, input }) => ({
      output: toVersionOutput(
        await withHint(
          lifecycle.publish(contextOf(credentials), input.model, input.version),
          { notFound: FIND_VERSIONS },
        ),
      ),
    }),
  });
}
