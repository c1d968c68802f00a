import { writeFile } from 'node:fs/promises';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { parseAnyRef, usageError } from '../parseRef';
import { resolveRef } from '../resolveRef';
import type { BomOptions } from './command';

/** `ml versions bom` */
export async function bom(
  { connect, output }: CommandContext,
  text: string,
  { output: file }: BomOptions,
): Promise<void> {
  if (output.isFormatChosen && output.format !== 'json') {
    throw usageError('A bill of materials is JSON and nothing else');
  }
  const ref = parseAnyRef(text);
  const { client } = await connect();
  const { model, version } = await resolveRef({ client, output }, ref);
  const printed = JSON.stringify(
    await client.getBom(model, version),
    undefined,
    2,
  );
  if (file === undefined || file === '-') {
    output.write(printed);
    return;
  }
  await writeFile(file, `${printed}\n`).catch(error => {
    throw new CliError({
      code: 'WRITE_FAILED',
      message: `Cannot write ${file}: ${error.message}`,
      cause: error,
    });
  });
  output.done(`Wrote the bill of materials of ${model}@${version} to ${file}`);
}
