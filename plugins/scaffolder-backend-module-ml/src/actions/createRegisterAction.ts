import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { registerPackage } from '@ml-platform/packaging';
import { logReporter } from '../lib/logReporter';
import type { MlAccess } from '../lib/MlAccess';
import { packageDirectory } from '../lib/packageDirectory';
import { toActionError } from '../lib/toActionError';
import { examples } from './createRegisterAction.examples';

/**
 * `ml:register`: packages, pushes and registers, as `ml register`.
 * @public
 */
export function createRegisterAction({ access }: { access: MlAccess }) {
  return createTemplateAction({
    id: 'ml:register',
    description:
      'Packages a model directory of the workspace, pushes it and registers its version, as the command `ml register` does. The same content again changes nothing.',
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
        draft: z =>
          z
            .boolean()
            .default(false)
            .describe('A draft can be tried in staging, and nowhere else'),
      },
      output: {
        name: z => z.string().describe('Name of the model'),
        version: z => z.string().describe('The version'),
        digest: z => z.string().describe('Digest of its manifest, sha256:…'),
        state: z => z.string().describe('draft or registered'),
        entityRef: z =>
          z.string().describe('The model in the catalog, model:default/…'),
      },
    },
    async handler(ctx) {
      const { directory = '.', draft = false } = ctx.input;
      const { logger, workspacePath } = ctx;
      try {
        const built = await packageDirectory({
          workspacePath,
          directory,
          logger,
        });
        const { name, version } = built.model;
        const { digest } = built.manifest;
        ctx.output('name', name);
        ctx.output('version', version);
        ctx.output('digest', digest);
        ctx.output('entityRef', `model:default/${name}`);
        if (ctx.isDryRun) {
          ctx.output('state', draft ? 'draft' : 'registered');
          logger.info(`Would register ${name}@${version}`);
          return;
        }
        const state = await ctx.checkpoint({
          key: `ml.register.${name}@${version}.${digest}`,
          fn: async () => {
            const registered = await registerPackage({
              portal: await access.portal(await ctx.getInitiatorCredentials()),
              built,
              draft,
              reporter: logReporter(logger),
              // What resumes an upload is of no use to another task.
              env: {
                ...process.env,
                XDG_CACHE_HOME: await ctx.createTemporaryDirectory(),
              },
            });
            return registered.version.state;
          },
        });
        ctx.output('state', state);
        logger.info(`Registered ${name}@${version} (${state})`);
      } catch (error) {
        throw toActionError(error);
      }
    },
  });
}
