import { execFileSync } from 'node:child_process';
import { createSign, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export const USERNAME = 'ml-platform';
export const PASSWORD = 'registry-secret';
const BASIC = `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString(
  'base64',
)}`;

function sign(options: { key: string; certificate: string; scope: string }) {
  const [type, name, actions] = options.scope.split(':');
  const now = Math.floor(Date.now() / 1000);
  const der = options.certificate.replace(/-----[A-Z ]+-----|\n/g, '');
  const parts = [
    { typ: 'JWT', alg: 'RS256', x5c: [der] },
    {
      iss: 'test',
      sub: USERNAME,
      aud: 'registry',
      iat: now,
      nbf: now - 10,
      exp: now + 300,
      jti: randomUUID(),
      access: [{ type, name, actions: actions.split(',') }],
    },
  ].map(part => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const payload = parts.join('.');
  const signature = createSign('RSA-SHA256').update(payload).sign(options.key);
  return `${payload}.${signature.toString('base64url')}`;
}

/** Gives tokens for the user name and password, as Docker's registries have it. */
export class TokenServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(folder: string): Promise<TokenServer> {
    const key = join(folder, 'token.key');
    const certificate = join(folder, 'token.crt');
    execFileSync(
      'openssl',
      `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -keyout ${key} -out ${certificate}`.split(
        ' ',
      ),
      { stdio: 'ignore' },
    );
    const server = createServer((req, res) => {
      if (req.headers.authorization !== BASIC) {
        res.writeHead(401).end();
        return;
      }
      const query = new URL(req.url!, 'http://localhost').searchParams;
      const token = sign({
        key: readFileSync(key, 'utf8'),
        certificate: readFileSync(certificate, 'utf8'),
        scope: query.get('scope')!,
      });
      res.end(JSON.stringify({ token, expires_in: 300 }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TokenServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${
      (this.#server.address() as AddressInfo).port
    }/token`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
