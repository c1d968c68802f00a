import { ToolError } from '@ml-platform/packaging';

/** What the operating system says of a disk or a folder, as a user has to see it; any other error as it is. */
export function toUnwritable(path: string, error: unknown): unknown {
  if (error instanceof ToolError) return error;
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (!code || !syscall || syscall === 'read') return error;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  return new ToolError({
    code: 'OUTPUT_UNWRITABLE',
    message: `${path} cannot be written: ${
      isFull ? 'the disk is full' : message
    }`,
    hint: isFull
      ? 'Free some space and run the same command again: it goes on where this run stopped.'
      : 'Name a folder that is there and that you may write to.',
    cause: error,
  });
}
