import { digestSchema } from '@ml-platform/plugin-ml-common';
import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { modelInput, versionInput } from './inputs';
import { versionOutput } from './outputs';
import { toVersionOutput } from './toVersionOutput';
import { FIND_VERSIONS, withHint } from './withHint';

export function createRegisterVersionAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'registry'>,
): void {
  const { actionsRegistry, registry } = options;
  actionsRegistry.register({
    name: 'register-version',
    title: 'Register a version of a machine learning model',
    description: `Registers a model package that was pushed to the platform's OCI registry, repository models/<model>, as an immutable version, after checking all of it: model.yaml, card, artifact, interface.
It cannot upload files: 'ml register <directory>' packages, pushes and registers at once, and so does the scaffolder's action ml:register. The first version creates the model. The same digest again changes nothing; other content needs a higher version in model.yaml. Nothing goes live by it: deploy-version does that.`,
    attributes: { readOnly: false, destructive: false, idempotent: true },
    schema: {
      input: zod =>
        zod.strictObject({
          model: modelInput(zod),
          version: versionInput(zod).describe(
            'Semantic version, the one that model.yaml in the package says',
          ),
          digest: zod
            .string()
            .refine(
              value => digestSchema.safeParse(value).success,
              'must be the digest of a manifest: sha256: and 64 hexadecimal digits',
            )
            .describe('Digest of the pushed manifest, sha256:…'),
          draft: zod
            .boolean()
            .optional()
            .describe(
              'A draft can be tried in staging; publish-version lets it into production',
            ),
        }),
      output: zod => versionOutput(zod),
    },
    action: async ({ credentials, input }) => {
      const { model, ...request } = input;
      const { version } = await withHint(
        registry.registerVersion(contextOf(credentials), model, request),
        { conflict: FIND_VERSIONS },
      );
      return { output: toVersionOutput(version) };
    },
  });
}
