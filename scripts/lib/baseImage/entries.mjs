import { createReadStream, statSync } from 'node:fs';

/** A file of this machine, as an entry of a layer. */
export function fileEntry(path, source, mode = 0o644) {
  return {
    path,
    type: 'file',
    mode,
    size: statSync(source).size,
    read: () => createReadStream(source),
  };
}

/** A file with this text. */
export function textEntry(path, text) {
  const bytes = Buffer.from(text);
  return {
    path,
    type: 'file',
    mode: 0o644,
    size: bytes.length,
    read: () => [bytes],
  };
}

export function folderEntry(path, mode = 0o755) {
  return { path, type: 'folder', mode };
}
