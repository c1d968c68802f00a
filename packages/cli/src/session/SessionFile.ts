import { randomUUID } from 'node:crypto';
import {
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';

/** What a sign-in at a portal has left. */
export interface Session {
  accessToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Absent where the portal gives none. */
  refreshToken?: string;
}

const LOCK_WAIT_MS = 40_000;
/** A lock this old was left by a process that was killed. */
const LOCK_STALE_MS = 60_000;

/** Sessions by the address of their portal, in a file that its owner alone can read. */
export class SessionFile {
  constructor(readonly path: string) {}

  async get(portal: string): Promise<Session | undefined> {
    return (await this.#read())[portal];
  }

  /** Sets a session, or with `undefined` forgets it. */
  async set(portal: string, session: Session | undefined): Promise<void> {
    const sessions = await this.#read();
    if (session) sessions[portal] = session;
    else delete sessions[portal];
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const temporary = `${this.path}.${randomUUID()}`;
    await writeFile(temporary, `${JSON.stringify(sessions, undefined, 2)}\n`, {
      mode: 0o600,
    });
    await rename(temporary, this.path);
  }

  /** One process at a time: a refresh token is good for one use. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const lock = `${this.path}.lock`;
    await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
    const deadline = Date.now() + LOCK_WAIT_MS;
    while (!(await takeLock(lock))) {
      if (Date.now() > deadline) {
        throw new CliError({
          code: 'LOCKED',
          message: `Another ml holds ${lock}`,
          hint: 'Wait for it, or remove that file when there is none.',
        });
      }
      await sleep(50);
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  }

  async #read(): Promise<Record<string, Session>> {
    try {
      const content = JSON.parse(await readFile(this.path, 'utf8'));
      return Object.assign(Object.create(null), content);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return Object.create(null);
      }
      throw new CliError({
        code: 'NOT_CONFIGURED',
        exitCode: ExitCode.auth,
        message: `${this.path} does not hold sessions: ${
          (error as Error).message
        }`,
        hint: 'Remove it, then run: ml login',
      });
    }
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = await stat(lock).catch(() => undefined);
  if (found && Date.now() - found.mtimeMs > LOCK_STALE_MS) {
    await rm(lock, { force: true });
  }
  return false;
}
