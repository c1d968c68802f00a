import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What to push, and where to. */
export interface PushJob {
  base: string;
  token?: string;
  repository: string;
  file: string;
  /** Where the client notes what resumes an upload. */
  cache: string;
  /** Digest of a manifest whose file may have parts in common with this one. */
  previous?: string;
}

interface Measured {
  /** Bytes that went out through all sockets. */
  wireBytes: number;
  peakRss: number;
}

export interface PushEnd extends Measured {
  kind: 'end';
  digest: string;
  manifest: string;
  sentBytes: number;
}

export type PushMessage =
  | PushEnd
  | ({ kind: 'progress'; done: number } & Measured)
  | { kind: 'said'; text: string }
  | { kind: 'failed'; message: string };

/** A push in a process of its own. */
export class PushProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<PushEnd | undefined>;
  readonly said: string[] = [];
  /** As of the last request that was acknowledged. */
  last?: Measured;

  /** @param onProgress - told the bytes that were acknowledged */
  constructor(job: PushJob, onProgress: (done: number) => void = () => {}) {
    this.#child = spawn(
      process.execPath,
      [
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        join(__dirname, 'pushClient.ts'),
        JSON.stringify(job),
      ],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );
    let end: PushEnd | undefined;
    let failure: Error | undefined;
    this.#child.on('message', (message: PushMessage) => {
      if (message.kind === 'end') end = message;
      else if (message.kind === 'progress') {
        this.last = message;
        onProgress(message.done);
      } else if (message.kind === 'said') this.said.push(message.text);
      // Backstage sends messages of its own on the same channel.
      else if (message.kind === 'failed') failure = new Error(message.message);
    });
    this.#ended = once(this.#child, 'close').then(() => {
      if (failure) throw failure;
      return end;
    });
  }

  /** Undefined when it was killed. */
  end(): Promise<PushEnd | undefined> {
    return this.#ended;
  }

  /** Ends it as a crash or a power cut would. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
