import { formatIssue } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { plural } from '../../output/format';
import { CliError } from '../../errors/CliError';
import { validatePackage } from '@ml-platform/packaging';

/** `ml validate`. What is wrong is its data, so it goes to stdout. */
export async function validate(
  { output }: CommandContext,
  directory: string,
): Promise<void> {
  const { issues, files, model, pickles } = await validatePackage(directory);
  const valid = issues.length === 0;
  const name = model ? `${model.name}@${model.version}` : directory;
  await output.object({
    kind: 'ValidationReport',
    name,
    data: {
      valid,
      name: model?.name,
      version: model?.version,
      files: files.map(({ path, size }) => ({ path, size })),
      issues,
      pickles,
    },
    text: () =>
      valid
        ? `${name} is a valid package of ${files.length} files`
        : issues.map(formatIssue).join('\n'),
  });
  if (!valid) {
    throw new CliError({
      code: 'PACKAGE_INVALID',
      message: `${directory} is not a valid package: ${plural(
        issues.length,
        'issue',
      )}`,
    });
  }
  output.hint(`Next: ml register ${directory}`);
}
