import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TokenServer, USERNAME } from './TokenServer';

const HTPASSWD = `${USERNAME}:$2b$05$abcdefghijklmnopqrstuubNCCgMNqYiQA5BMGxm7McAPft53drSm\n`;

/** How the registry wants to be asked. */
export type RegistrySecurity = 'none' | 'basic' | 'token';

/** Docker's registry as a process, with or without a token server. */
export class DockerRegistry {
  readonly #child: ChildProcess;
  readonly #tokens?: TokenServer;
  readonly url: string;

  private constructor(options: {
    child: ChildProcess;
    tokens?: TokenServer;
    url: string;
  }) {
    this.#child = options.child;
    this.#tokens = options.tokens;
    this.url = options.url;
  }

  /** @param options - what was pushed lies in the folder, and stays there */
  static async start(options: {
    folder: string;
    security: RegistrySecurity;
    /** Whether it lets manifests be deleted; off by default, as everywhere. */
    deletion?: boolean;
  }): Promise<DockerRegistry> {
    const { folder, security, deletion = false } = options;
    const tokens =
      security === 'token' ? await TokenServer.start(folder) : undefined;
    await writeFile(join(folder, 'htpasswd'), HTPASSWD);
    const auth = {
      none: undefined,
      basic: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } },
      token: {
        token: {
          realm: tokens?.url,
          service: 'registry',
          issuer: 'test',
          rootcertbundle: join(folder, 'token.crt'),
        },
      },
    }[security];
    const config = join(folder, 'registry.json');
    await writeFile(
      config,
      JSON.stringify({
        version: '0.1',
        log: { level: 'info' },
        storage: {
          filesystem: { rootdirectory: join(folder, 'data') },
          delete: { enabled: deletion },
        },
        http: { addr: '127.0.0.1:0' },
        ...(auth && { auth }),
      }),
    );
    const child = spawn('docker-registry', ['serve', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
    });
    const address = await listeningOn(child);
    return new DockerRegistry({ child, tokens, url: `http://${address}` });
  }

  async stop(): Promise<void> {
    await this.#tokens?.stop();
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }
}

function listeningOn(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (text: Buffer) => {
      output += text;
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (address) resolve(address);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Error(
              'docker-registry is missing: install it with `apt-get install docker-registry`',
            )
          : error,
      ),
    );
    child.on('exit', code =>
      reject(new Error(`docker-registry ended with ${code}: ${output}`)),
    );
  });
}
