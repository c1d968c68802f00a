import { packageContent, registerPackage } from '@ml-platform/packaging';
import type { CommandContext } from '../../CommandContext';
import { formatBytes } from '../../output/format';
import { pushReporter } from '../../output/pushReporter';
import { hashWithProgress } from '../package/packageDirectory';
import { packageSignature } from '../sign/packageSignature';
import { signatureContent } from '../sign/signPackage';
import { versionText } from '../versions/versionText';
import type { RegisterOptions } from './command';
import { quoteCommand } from './quoteCommand';

/** `ml register` */
export async function register(
  context: CommandContext,
  directory: string,
  options: RegisterOptions,
): Promise<void> {
  const { output, env } = context;
  const { draft, signKey } = options;
  const resume = `ml ${quoteCommand(context.argv)}`;
  context.onInterrupt(
    () =>
      `Interrupted. Nothing was uploaded yet. Begin again with:\n  ${resume}`,
  );
  const { connection } = await context.connect();
  const built = await hashWithProgress(output, directory);
  const { name, version } = built.model;
  const signature = await packageSignature(context, built, {
    ...options,
    key: signKey,
  });
  const {
    version: registered,
    isUnchanged,
    ...pushed
  } = await registerPackage({
    ...{ portal: connection, built, draft, env },
    referrers: signature && [
      signatureContent(signature, packageContent(built)),
    ],
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
  if (signature) output.done('Attached its signature');
  await output.object({
    kind: 'Version',
    name: `${name}@${version}`,
    data: {
      ...registered,
      ...pushed,
      unchanged: isUnchanged,
      signed: signature !== undefined,
    },
    text: () => versionText(registered, output),
  });
  output.hint(`Next: ml deploy ${name}@${version} --env staging`);
  if (isDraft) {
    output.hint(`Then, for production: ml versions publish ${name}@${version}`);
  }
}
