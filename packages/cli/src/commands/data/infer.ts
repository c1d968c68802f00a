import { writeFile } from 'node:fs/promises';
import { inferSchema } from '@ml-platform/datasets';
import { stringify } from 'yaml';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import type { InferOptions } from './command';
import { dataFile } from './dataFile';

/** `ml data infer` */
export async function infer(
  { output }: CommandContext,
  path: string,
  options: InferOptions,
): Promise<void> {
  const schema = await inferSchema(await dataFile(path, options));
  const text = `# Proposed from a file: what its values happen to keep. Correct it.\n${stringify(
    schema,
  )}`;
  if (options.output === undefined) {
    if (output.isFormatChosen) {
      await output.object({
        ...{ kind: 'DataSchema', name: path, data: schema },
        text: () => text.trimEnd(),
      });
    } else {
      output.write(text.trimEnd());
    }
    return;
  }
  try {
    // Never over a schema that somebody has corrected.
    await writeFile(options.output, text, { flag: 'wx' });
  } catch (error) {
    throw new CliError({
      code: 'WRITE_FAILED',
      message: `Cannot write ${options.output}: ${(error as Error).message}`,
      cause: error,
    });
  }
  output.done(
    `Wrote ${options.output}; correct it, then: ml data validate ${path} --schema ${options.output}`,
  );
}
