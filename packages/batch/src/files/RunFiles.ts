import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { ExitCode, ToolError } from '@ml-platform/packaging';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './Checkpoint';
import { toUnwritable } from './toUnwritable';
import { renameSynced } from './writeSynced';

/** So much is done again at most after a crash. */
const COMMIT_MS = 1_000;

/** Where a run writes. */
export interface RunPaths {
  output: string;
  partial: string;
  rejected: string;
  checkpoint: string;
  lock: string;
}

export function pathsFor(output: string): RunPaths {
  const stem = output.replace(/\.(csv|jsonl|ndjson|parquet)$/, '');
  return {
    output,
    partial: `${output}.partial`,
    rejected: `${stem}.rejected.jsonl`,
    checkpoint: `${output}.checkpoint.json`,
    lock: `${output}.lock`,
  };
}

/**
 * The files of a run. Rows are appended to `….partial`; from time to time the
 * files are synced to disk, and then the checkpoint says how long they are.
 * What a crash leaves beyond that is cut off and done again.
 */
export class RunFiles {
  /** Of the run that is continued. */
  readonly before: Checkpoint | undefined;
  readonly paths: RunPaths;
  #output?: FileHandle;
  #rejected?: FileHandle;
  #state?: Checkpoint;
  #lastCommit = performance.now();

  private constructor(paths: RunPaths, before: Checkpoint | undefined) {
    this.paths = paths;
    this.before = before;
  }

  /** Takes the output for this process alone. */
  static async open(output: string, restart: boolean): Promise<RunFiles> {
    const paths = pathsFor(output);
    await lock(paths.lock).catch(error => {
      throw toUnwritable(output, error);
    });
    try {
      if (restart) {
        await rm(paths.checkpoint, { force: true });
        await rm(paths.partial, { force: true });
      }
      const before = await readCheckpoint(paths.checkpoint);
      if (before) await undoRename(paths, before);
      if (!before && !restart && existsSync(output)) {
        throw new ToolError({
          code: 'OUTPUT_EXISTS',
          exitCode: ExitCode.conflict,
          message: `${output} exists`,
          hint: 'Write to another --output, or replace it with --restart.',
        });
      }
      return new RunFiles(paths, before);
    } catch (error) {
      await rm(paths.lock, { force: true });
      throw error;
    }
  }

  get state(): Readonly<Checkpoint> {
    return this.#state!;
  }

  /** Begins, or goes on after what is final. */
  async begin(
    run: Pick<Checkpoint, 'input' | 'model' | 'version' | 'settings'>,
    header: string,
  ): Promise<void> {
    const { partial, rejected } = this.paths;
    const { before } = this;
    this.#output = await openAt(partial, before?.outputBytes);
    this.#rejected = await openAt(rejected, before?.rejectedBytes);
    this.#state = before ?? {
      ...run,
      formatVersion: 1,
      rows: 0,
      predicted: 0,
      rejected: 0,
      outputBytes: 0,
      rejectedBytes: 0,
    };
    if (before) return;
    await this.#append(header, '');
    await this.commit();
  }

  /** Appends the lines of the next rows. */
  async append(part: {
    output: string;
    rejected: string;
    predicted: number;
    rejectedRows: number;
  }): Promise<void> {
    const state = this.#state!;
    await this.#append(part.output, part.rejected);
    state.rows += part.predicted + part.rejectedRows;
    state.predicted += part.predicted;
    state.rejected += part.rejectedRows;
    if (performance.now() - this.#lastCommit >= COMMIT_MS) await this.commit();
  }

  /** Makes what is written final. */
  async commit(): Promise<void> {
    if (!this.#state) return;
    await this.#output!.datasync();
    await this.#rejected!.datasync();
    await writeCheckpoint(this.paths.checkpoint, this.#state);
    this.#lastCommit = performance.now();
  }

  /** Puts the finished file, made of the rows by `convert` where given, in its place. */
  async finish(
    convert?: (rows: string, target: string) => Promise<void>,
  ): Promise<void> {
    const { partial, output, rejected, checkpoint } = this.paths;
    await this.commit();
    if (convert) {
      const made = `${partial}.made`;
      await convert(partial, made);
      await renameSynced(made, output);
    } else {
      await renameSynced(partial, output);
    }
    await rm(checkpoint);
    await rm(partial, { force: true });
    if (!this.state.rejected) await rm(rejected, { force: true });
  }

  async close(): Promise<void> {
    await this.#output?.close();
    await this.#rejected?.close();
    await rm(this.paths.lock, { force: true });
  }

  async #append(output: string, rejected: string) {
    const state = this.#state!;
    if (output) await this.#output!.appendFile(output);
    if (rejected) await this.#rejected!.appendFile(rejected);
    state.outputBytes += Buffer.byteLength(output);
    state.rejectedBytes += Buffer.byteLength(rejected);
  }
}

/** A run that was killed between its last two steps has its rows in place already. */
async function undoRename({ output, partial }: RunPaths, before: Checkpoint) {
  if (existsSync(partial) || !existsSync(output)) return;
  const { size } = await stat(output);
  if (size === before.outputBytes) await renameSynced(output, partial);
}

async function openAt(path: string, size: number | undefined) {
  const file = await open(path, size === undefined ? 'w' : 'a');
  const actual = (await file.stat()).size;
  if (size !== undefined && actual < size) {
    await file.close();
    throw new ToolError({
      code: 'OTHER_RUN',
      exitCode: ExitCode.conflict,
      message: `${path} is shorter than the checkpoint says: it was changed or is missing`,
      hint: 'Begin anew with --restart.',
    });
  }
  await file.truncate(size ?? 0);
  return file;
}

/** Two runs on one output would write over each other. */
async function lock(path: string): Promise<void> {
  for (;;) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    // In a container, a run that is started again often has the number of the one that was killed.
    if (owner && owner !== process.pid && isAlive(owner)) {
      throw new ToolError({
        code: 'RUN_UNDER_WAY',
        exitCode: ExitCode.conflict,
        message: `Process ${owner} is writing this output`,
        hint: `Wait for its end. If it is no run of ml, remove ${path}.`,
      });
    }
    // Left by a run that was killed.
    await rm(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
