import { rmSync } from 'node:fs';

/**
 * Removes a file or folder when the process ends, as on Ctrl-C.
 * @returns gives that up
 */
export function removeAtExit(path: string): () => void {
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.on('exit', remove);
  return () => process.off('exit', remove);
}
