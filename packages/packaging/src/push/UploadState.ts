import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Remembers where an upload goes on, so that a killed `ml` continues it. One
 * small file an upload in the user's cache folder; it holds no token. Failing
 * to write it only costs the resumption.
 */
export class UploadState {
  readonly #path: string;

  constructor(options: {
    env: NodeJS.ProcessEnv;
    registry: string;
    repository: string;
    digest: string;
  }) {
    const { env, registry, repository, digest } = options;
    const key = createHash('sha256')
      .update([registry, repository, digest].join('\n'))
      .digest('hex')
      .slice(0, 32);
    this.#path = join(cacheFolder(env), 'uploads', `${key}.json`);
  }

  async load(): Promise<string | undefined> {
    try {
      const { location } = JSON.parse(await readFile(this.#path, 'utf8'));
      return typeof location === 'string' ? location : undefined;
    } catch {
      return undefined;
    }
  }

  async save(location: string): Promise<void> {
    const draft = `${this.#path}.${process.pid}`;
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await writeFile(draft, JSON.stringify({ location }), { mode: 0o600 });
      await rename(draft, this.#path);
    } catch {
      await rm(draft, { force: true }).catch(() => {});
    }
  }

  async clear(): Promise<void> {
    await rm(this.#path, { force: true }).catch(() => {});
  }
}

/** Where `ml` keeps what it can do without. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(
    env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'),
    'ml',
  );
}
