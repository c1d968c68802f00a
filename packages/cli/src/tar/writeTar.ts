import { tarEnd, type TarEntry, tarHeader, tarPadding } from './tarHeader';

/** An entry with what is in it. */
export interface TarContent extends TarEntry {
  /** The bytes of a file; as many as `size` says. */
  read?: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** The bytes of an archive, in the order of the entries. */
export async function* writeTar(
  entries: Iterable<TarContent>,
): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    yield tarHeader(entry);
    if (entry.type !== 'file') continue;
    const size = entry.size ?? 0;
    let written = 0;
    for await (const chunk of entry.read?.() ?? []) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== size) {
      throw new Error(
        `${entry.path} should have ${size} bytes and has ${written}`,
      );
    }
    yield tarPadding(size);
  }
  yield tarEnd();
}

/** Entries in the order of their paths, with the folders that they are in. */
export function withFolders(entries: readonly TarContent[]): TarContent[] {
  const all = new Map<string, TarContent>();
  for (const entry of entries) {
    const parts = entry.path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const path = parts.slice(0, depth).join('/');
      if (!all.has(path)) all.set(path, { path, type: 'folder', mode: 0o755 });
    }
    all.set(entry.path, entry);
  }
  // Part by part, so that a folder comes right before what is in it.
  return [...all.values()].sort((a, b) =>
    compare(a.path.split('/'), b.path.split('/')),
  );
}

function compare(a: string[], b: string[]): number {
  for (let depth = 0; depth < Math.min(a.length, b.length); depth += 1) {
    if (a[depth] !== b[depth]) return a[depth] < b[depth] ? -1 : 1;
  }
  return a.length - b.length;
}
