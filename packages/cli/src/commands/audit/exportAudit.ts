import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import type { ExportAuditOptions } from './command';

/** `ml audit export` */
export async function exportAudit(
  { connect, output }: CommandContext,
  { as: format, output: file, since, ...options }: ExportAuditOptions,
): Promise<void> {
  const { until = new Date().toISOString() } = options;
  const { client } = await connect();
  const response = await client.audit.export({ since, until, format });
  const lines = Readable.fromWeb(response.body as ReadableStream);
  if (!file) {
    for await (const chunk of lines) process.stdout.write(chunk);
    return;
  }
  // Half an export must not look like a whole one.
  const partial = `${file}.partial`;
  try {
    await pipeline(lines, createWriteStream(partial));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw isSystemError(error)
      ? new CliError({
          code: 'WRITE_FAILED',
          message: `Cannot write ${file}: ${error.message}`,
          hint: 'Name a file in a folder that is there and that you may write to: --output <file>',
          cause: error,
        })
      : error;
  }
  output.done(`Exported the audit log from ${since} to ${until} to ${file}`);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
