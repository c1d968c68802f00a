import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { LocalRepositories } from '../repositories/LocalRepositories';
import { examples } from './createRepositoryAction.examples';

/**
 * `ml:repository:create`: a bare Git repository in the portal's data folder.
 * @public
 */
export function createRepositoryAction(options: {
  repositories: LocalRepositories;
}) {
  const { repositories } = options;
  return createTemplateAction({
    id: 'ml:repository:create',
    description:
      "Makes a bare Git repository of the workspace in the portal's data folder, for a portal on one machine. Elsewhere use publish:github, publish:gitlab and the like.",
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        name: z =>
          z.string().describe('Lower-case letters, digits, dots and dashes'),
        sourcePath: z =>
          z
            .string()
            .default('.')
            .describe('Folder that becomes the repository, in the workspace'),
        message: z =>
          z.string().default('Start').describe('Of the first commit'),
      },
      output: {
        cloneUrl: z =>
          z
            .string()
            .describe('What git clone takes, on the machine of the portal'),
        commit: z => z.string().describe('The first commit'),
      },
    },
    async handler(ctx) {
      const { message = 'Start', name, sourcePath = '.' } = ctx.input;
      const source = resolveSafeChildPath(ctx.workspacePath, sourcePath);
      if (ctx.isDryRun) {
        ctx.logger.info(`Would make the repository '${name}'`);
        ctx.output('cloneUrl', `file:///${name}.git`);
        ctx.output('commit', '0'.repeat(40));
        return;
      }
      const { cloneUrl, commit } = await ctx.checkpoint({
        key: `ml.repository.create.${name}`,
        fn: async () => {
          const made = await repositories.create({
            ...{ name, source, message },
            author: authorOf(ctx.user),
          });
          return { cloneUrl: made.cloneUrl, commit: made.commit };
        },
      });
      ctx.logger.info(`git clone ${cloneUrl}`);
      ctx.output('cloneUrl', cloneUrl);
      ctx.output('commit', commit);
    },
  });
}

/** Who starts the repository, as Git names people. */
function authorOf(user?: {
  ref?: string;
  entity?: { spec?: { profile?: { displayName?: string; email?: string } } };
}): { name: string; email: string } {
  const { displayName, email } = user?.entity?.spec?.profile ?? {};
  const name = displayName ?? user?.ref?.split('/').at(-1) ?? 'ML Platform';
  return { name, email: email ?? 'noreply@ml-platform.invalid' };
}
