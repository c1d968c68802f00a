import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { FriendlyError } from './FriendlyError.mjs';
import { display } from './paths.mjs';
import { endGroup, identify, isAlive } from './processes.mjs';

/**
 * `run.json` in the data folder: which start script owns it and what it
 * started. It is the lock against a second instance, and the way to find what
 * a killed start script has left behind.
 */
export class RunFile {
  #file;
  #content;

  /** @param {string} dataDir */
  constructor(dataDir) {
    this.#file = path.join(dataDir, 'run.json');
  }

  read() {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8'));
    } catch {
      return undefined;
    }
  }

  /**
   * Takes the data folder for this process.
   * @returns names of the left-over children that had to be ended first
   */
  async acquire(details) {
    mkdirSync(path.dirname(this.#file), { recursive: true });
    this.#content = { owner: identify(process.pid), children: {}, ...details };
    let ended = [];
    while (!this.#create()) {
      const other = this.read();
      if (other?.owner && isAlive(other.owner)) {
        throw new FriendlyError(
          `The platform is running already with ${display(
            path.dirname(this.#file),
          )}: ` +
            `${other.url ?? 'starting'} (process ${other.owner.pid}). ` +
            'Stop it with Ctrl-C in its terminal, or: npm run stop',
        );
      }
      ended = await endChildren(other);
      rmSync(this.#file, { force: true });
    }
    return ended;
  }

  /** Records a started child, or with `undefined` that it is gone. */
  setChild(name, pid) {
    if (!this.#content) return;
    if (pid === undefined) delete this.#content.children[name];
    else this.#content.children[name] = identify(pid);
    this.#write();
  }

  release() {
    if (this.#content) rmSync(this.#file, { force: true });
    this.#content = undefined;
  }

  /** False when the file exists. It never exists half written. */
  #create() {
    const temporary = this.#writeTemporary();
    try {
      linkSync(temporary, this.#file);
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      return false;
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  #write() {
    renameSync(this.#writeTemporary(), this.#file);
  }

  #writeTemporary() {
    const temporary = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(
      temporary,
      `${JSON.stringify(this.#content, undefined, 2)}\n`,
      { mode: 0o600 },
    );
    return temporary;
  }
}

/** Ends children that a start script has recorded and left behind. */
export async function endChildren(content) {
  const left = Object.entries(content?.children ?? {}).filter(([, child]) =>
    isAlive(child),
  );
  await Promise.all(left.map(([, child]) => endGroup(child, 10_000)));
  return left.map(([name]) => name);
}
