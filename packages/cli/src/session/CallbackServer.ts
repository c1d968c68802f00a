import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const PATH = '/callback';

/** Waits on the loopback interface for the browser to come back. */
export class CallbackServer {
  static async start(): Promise<CallbackServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new CallbackServer(server);
  }

  /** Where the browser is sent. */
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}${PATH}`;
  }

  /** The address with which the browser came back; others are passed over. */
  async callback(accept: (address: URL) => boolean): Promise<URL> {
    return new Promise(resolve => {
      this.#server.on('request', (request, response) => {
        const address = new URL(request.url ?? '/', this.url);
        const isOurs = address.pathname === PATH && accept(address);
        response.writeHead(isOurs ? 200 : 404, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': "default-src 'none'",
          'cache-control': 'no-store',
          connection: 'close',
        });
        if (!isOurs) {
          response.end('Nobody waits for this here.');
          return;
        }
        const failed = address.searchParams.has('error');
        response.end(
          `<!doctype html><html lang="en"><title>ml</title><p>${
            failed
              ? 'You were not signed in.'
              : 'You are signed in, and can close this page.'
          } Go back to the terminal.</p></html>`,
        );
        resolve(address);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }
}
