import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { writeLayout } from '@ml-platform/packaging';
import { packageDirectory } from '../lib/packageDirectory';
import { toActionError } from '../lib/toActionError';
import { examples } from './createPackageAction.examples';

/**
 * `ml:package`: checks a model directory of the workspace, as `ml package`.
 * @public
 */
export function createPackageAction() {
  return createTemplateAction({
    id: 'ml:package',
    description:
      'Checks a model directory of the workspace and packages it, as the command `ml package` does.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        directory: z =>
          z
            .string()
            .default('.')
            .describe(
              'Folder with model.yaml in it, relative to the workspace',
            ),
        output: z =>
          z
            .string()
            .optional()
            .describe(
              'Folder of the workspace to write the package to, as an OCI image layout; without one, it is only checked',
            ),
      },
      output: {
        name: z => z.string().describe('Name of the model'),
        version: z => z.string().describe('Version that model.yaml says'),
        digest: z =>
          z.string().describe('Digest that the version will have, sha256:…'),
        sizeBytes: z => z.number().describe('Size of all files'),
      },
    },
    async handler(ctx) {
      const { directory = '.', output } = ctx.input;
      const { logger, workspacePath } = ctx;
      try {
        const built = await packageDirectory({
          workspacePath,
          directory,
          logger,
        });
        if (output) {
          await writeLayout(built, resolveSafeChildPath(workspacePath, output));
        }
        ctx.output('name', built.model.name);
        ctx.output('version', built.model.version);
        ctx.output('digest', built.manifest.digest);
        ctx.output('sizeBytes', built.size);
      } catch (error) {
        throw toActionError(error);
      }
    },
  });
}
