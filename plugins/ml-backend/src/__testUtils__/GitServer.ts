import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';

/**
 * A Git server of somebody else: Git's own `http-backend`, which asks for a
 * token as GitHub and GitLab do. It knows nothing of the platform.
 */
export class GitServer {
  /** The repository on its disk, for whom need not ask. */
  readonly directory: string;
  readonly #root = mkdtempSync(join(tmpdir(), 'ml-git-server-'));
  readonly #server: Server;
  /** What is let in: `user:token`. */
  account = 'x-access-token:secret';
  down = false;
  /** Value of the header of each request that came with one. */
  readonly seen = new Set<string>();

  private constructor() {
    this.directory = join(this.#root, 'acme/deployments.git');
    execFileSync('git', [
      'init',
      '--quiet',
      '--bare',
      '-b',
      'main',
      this.directory,
    ]);
    execFileSync('git', [
      ...['--git-dir', this.directory],
      ...['config', 'http.receivepack', 'true'],
    ]);
    this.#server = createServer((request, response) => {
      if (this.down) {
        request.socket.destroy();
        return;
      }
      const [, given = ''] = (request.headers.authorization ?? '').split(' ');
      const account = Buffer.from(given, 'base64').toString();
      this.seen.add(account);
      if (account !== this.account) {
        response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' });
        response.end();
        return;
      }
      const child = spawn('git', ['http-backend'], {
        env: this.#environment(request),
      });
      request.pipe(child.stdin);
      child.stdin.on('error', () => {});
      const chunks: Buffer[] = [];
      child.stdout.on('data', chunk => chunks.push(chunk));
      child.on('close', () => {
        const output = Buffer.concat(chunks);
        const end = output.indexOf('\r\n\r\n');
        const headers = new Map(
          output
            .toString('utf8', 0, end)
            .split('\r\n')
            .map(line => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
        );
        const status = Number(headers.get('Status')?.split(' ')[0] ?? 200);
        headers.delete('Status');
        response.writeHead(status, Object.fromEntries(headers));
        response.end(output.subarray(end + 4));
      });
    });
  }

  static async start(): Promise<GitServer> {
    const server = new GitServer();
    await new Promise<void>(resolve => {
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}/acme/deployments.git`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  #environment(request: IncomingMessage): NodeJS.ProcessEnv {
    const { pathname, searchParams } = new URL(request.url!, this.url);
    return {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: this.#root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      REMOTE_USER: 'platform',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    };
  }
}
