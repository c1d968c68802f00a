import type { MlClient } from '@ml-platform/plugin-ml-common';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';
import type { Output } from '../output/Output';
import { parseAnyRef } from './parseRef';

/** The version that is meant; says so where an alias stood for it. */
export async function resolveRef(
  { client, output }: { client: MlClient; output: Output },
  ref: ReturnType<typeof parseAnyRef>,
): Promise<{ model: string; version: string }> {
  const { model, alias } = ref;
  if (ref.version) return { model, version: ref.version };
  const { items } = await client.aliases.list(model);
  const found = items.find(item => item.name === alias);
  if (!found) {
    throw new CliError({
      code: 'NOT_FOUND',
      exitCode: ExitCode.notFound,
      message: `${model} has no alias '${alias}'`,
      hint: items.length
        ? `It has: ${items.map(({ name }) => name).join(', ')}`
        : `Make one with: ml aliases set ${model} ${alias} <version>`,
    });
  }
  output.info(`${model}@${alias} is ${model}@${found.version}`);
  return { model, version: found.version };
}
