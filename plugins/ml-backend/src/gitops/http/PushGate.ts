import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { z } from 'zod';
import type { RequestContext } from '../../http/requestContext';
import type { PushCheck, PushVerdict } from './PushCheck';

const questionSchema = z.object({
  push: z.string(),
  commands: z.string(),
  objects: z.string().optional(),
  alternates: z.string().optional(),
});

const MAX_QUESTION = 64 * 1024;

/**
 * Where the hook of the embedded repository asks. Git runs the hook as a
 * process of its own, which says by a secret which request it belongs to.
 */
export class PushGate {
  readonly #options: {
    directory: string;
    check: PushCheck;
    logger: LoggerService;
  };
  readonly #pushes = new Map<
    string,
    { context: RequestContext; accepted?: string }
  >();
  #started?: Promise<{ server: Server; folder: string; path: string }>;

  constructor(options: {
    /** Of the repository. */
    directory: string;
    check: PushCheck;
    logger: LoggerService;
  }) {
    this.#options = options;
  }

  /** Lets one push in, for as long as it is under way. */
  async during<T>(
    context: RequestContext,
    run: (env: Record<string, string>) => Promise<T>,
  ): Promise<T> {
    this.#started ??= this.#start();
    const { path } = await this.#started;
    const push = randomUUID();
    const known: { context: RequestContext; accepted?: string } = { context };
    this.#pushes.set(push, known);
    try {
      return await run({
        ML_GIT_SOCKET: path,
        ML_GIT_PUSH: push,
        ML_GIT_NODE: process.execPath,
      });
    } finally {
      this.#pushes.delete(push);
      if (known.accepted) {
        await this.#options.check.conclude(context, known.accepted);
      }
    }
  }

  async stop(): Promise<void> {
    if (!this.#started) return;
    const { folder, server } = await this.#started;
    server.close();
    await rm(folder, { recursive: true, force: true });
  }

  async #start() {
    // Only the portal's own user may look into it. Paths of sockets are short.
    const folder = await mkdtemp(join(tmpdir(), 'ml-git-'));
    const path = join(folder, 'push');
    const server = createServer({ allowHalfOpen: true }, socket =>
      this.#serve(socket),
    );
    await new Promise<void>((done, reject) => {
      server.once('error', reject);
      server.listen(path, done);
    });
    return { server, folder, path };
  }

  #serve(socket: Socket): void {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', chunk => {
      text += chunk;
      if (text.length > MAX_QUESTION) socket.destroy();
    });
    socket.on('end', () => {
      this.#answer(text).then(
        verdict => socket.end(JSON.stringify(verdict)),
        error => {
          this.#options.logger.error('A push could not be checked', error);
          socket.end(
            JSON.stringify({
              accepted: false,
              lines: ['The portal could not check the push; try again'],
            }),
          );
        },
      );
    });
  }

  async #answer(text: string): Promise<PushVerdict> {
    const { check, directory } = this.#options;
    const { alternates, commands, objects, push } = questionSchema.parse(
      JSON.parse(text),
    );
    const known = this.#pushes.get(push);
    if (!known) {
      return { accepted: false, lines: ['This push is not under way'] };
    }
    const absolute = (paths: string) =>
      paths
        .split(delimiter)
        .map(entry => resolve(directory, entry))
        .join(delimiter);
    const verdict = await check.check(known.context, {
      commands,
      env: {
        ...(objects && { GIT_OBJECT_DIRECTORY: absolute(objects) }),
        ...(alternates && {
          GIT_ALTERNATE_OBJECT_DIRECTORIES: absolute(alternates),
        }),
      },
    });
    if (verdict.accepted) known.accepted = verdict.commit;
    return verdict;
  }
}
