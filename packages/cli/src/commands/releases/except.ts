import type { CommandContext } from '../../CommandContext';
import type { ExitStatus } from '../../errors/ExitCode';
import { printAsked } from '../approvals/printAsked';
import { parseRef } from '../parseRef';
import type { ExceptOptions } from './command';

/** `ml releases except` */
export async function except(
  context: CommandContext,
  subject: string,
  { env, reason, rule }: ExceptOptions,
): Promise<ExitStatus> {
  const { client } = await context.connect();
  if (rule === 'force-promote') {
    const release = await client.getRelease(subject);
    const approval = await client.requestReleaseException(release.model, {
      ...{ rule, reason, release: release.id },
    });
    return printAsked(context, approval, 'The canary goes on as before.');
  }
  const { model, version } = parseRef(subject);
  const approval = await client.requestReleaseException(model, {
    ...{ rule, reason, version, environment: env },
  });
  return printAsked(context, approval, 'The rule still holds.');
}
