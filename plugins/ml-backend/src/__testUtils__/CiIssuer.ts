import { once } from 'node:events';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';

/** An OpenID Connect issuer, as a CI system has one: it publishes its keys, and signs what its jobs are. */
export class CiIssuer {
  static async start(): Promise<CiIssuer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = new CiIssuer(server);
    server.on('request', async (request, response) => {
      const answer = await issuer.#answer(request.url ?? '');
      response
        .writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer ?? {}));
    });
    return issuer;
  }

  readonly url: string;
  readonly #server: Server;
  readonly #key: KeyObject;
  readonly #publicKey: KeyObject;

  private constructor(server: Server) {
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}`;
    this.#server = server;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
    });
    this.#key = privateKey;
    this.#publicKey = publicKey;
  }

  /** What a job of `subject` gets. */
  sign(claims: {
    subject: string;
    audience: string;
    issuer?: string;
    /** Seconds from now. */
    issued?: number;
    expires?: number;
    key?: KeyObject;
  }): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(claims.issuer ?? this.url)
      .setSubject(claims.subject)
      .setAudience(claims.audience)
      .setJti(`${now}-${Math.random()}`)
      .setIssuedAt(now + (claims.issued ?? 0))
      .setExpirationTime(now + (claims.expires ?? 300))
      .sign(claims.key ?? this.#key);
  }

  stop(): Promise<unknown> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    return closed;
  }

  async #answer(path: string): Promise<object | undefined> {
    if (path === '/.well-known/openid-configuration') {
      return { issuer: this.url, jwks_uri: `${this.url}/keys` };
    }
    if (path !== '/keys') return undefined;
    const jwk = await exportJWK(this.#publicKey);
    return { keys: [{ ...jwk, kid: 'one', alg: 'RS256', use: 'sig' }] };
  }
}
