import type { VersionFile } from '@ml-platform/plugin-ml-common';

/** More than this is for an editor, not for a panel of a page. */
export const MOST_TEXT_BYTES = 256 * 1024;

// Media types say which part of a package a file is, not how to read it.
const TEXT = /\.(ya?ml|json|jsonl|md|txt|csv|py|toml|ini|cfg|sh)$/i;
const TEXT_NAMES = new Set(['LICENSE', 'NOTICE', 'README', 'Dockerfile']);

/** Whether a file is text, and short enough to be shown as it is. */
export function isReadable({ path, size }: VersionFile): boolean {
  if (size > MOST_TEXT_BYTES) return false;
  return TEXT.test(path) || TEXT_NAMES.has(path.split('/').at(-1) ?? '');
}
