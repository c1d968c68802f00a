import { registerPackage } from '@ml-platform/packaging';
import { SERVED_FORMATS } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { formatBytes } from '../../output/format';
import { pushReporter } from '../../output/pushReporter';
import { hashWithProgress } from '../package/packageDirectory';
import { versionText } from '../versions/versionText';
import { quoteCommand } from './quoteCommand';

/** `ml register` */
export async function register(
  context: CommandContext,
  directory: string,
  { draft }: { draft?: boolean },
): Promise<void> {
  const { output, env } = context;
  const resume = `ml ${quoteCommand(context.argv)}`;
  context.onInterrupt(
    () =>
      `Interrupted. Nothing was uploaded yet. Begin again with:\n  ${resume}`,
  );
  const { connection } = await context.connect();
  const built = await hashWithProgress(output, directory);
  const { name, version } = built.model;
  const {
    version: registered,
    isUnchanged,
    ...pushed
  } = await registerPackage({
    ...{ portal: connection, built, draft, env },
    reporter: pushReporter(output),
    onProgress: (done, total) =>
      context.onInterrupt(
        () =>
          `Interrupted at ${formatBytes(done)} of ${formatBytes(
            total,
          )}. Continue with:\n  ${resume}`,
      ),
  });
  const isDraft = registered.state === 'draft';
  const asDraft = isDraft ? ' as a draft' : '';
  output.done(
    isUnchanged
      ? `${name}@${version} is registered already${asDraft}, with the same content`
      : `Registered ${name}@${version}${asDraft}`,
  );
  await output.object({
    kind: 'Version',
    name: `${name}@${version}`,
    data: { ...registered, ...pushed, unchanged: isUnchanged },
    text: () => versionText(registered, output),
  });
  output.hint(
    SERVED_FORMATS.includes(built.model.format)
      ? `Next: ml deploy ${name}@${version} --env staging`
      : `The format '${built.model.format}' can be registered and pulled; nothing here serves it yet`,
  );
  if (isDraft) {
    output.hint(`Then, for production: ml versions publish ${name}@${version}`);
  }
}
