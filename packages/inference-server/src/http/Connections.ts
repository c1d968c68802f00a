import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** Callers keep a connection open between requests; most use it again within this. */
const IDLE_MS = 5_000;

/**
 * The connections of an HTTP server, so that it can give way to a successor
 * without a failed request. Node closes idle connections together with the
 * server, and a request that is on its way on one of them is lost.
 */
export class Connections {
  readonly #server: Server;
  /** Since when they are idle; infinite while they are not. */
  readonly #idleSince = new Map<Socket, number>();

  constructor(server: Server) {
    this.#server = server;
    // With TLS, a request knows the secure socket only.
    const event =
      server instanceof TlsServer ? 'secureConnection' : 'connection';
    server.on(event, (socket: Socket) => {
      this.#idleSince.set(socket, performance.now());
      socket.once('close', () => this.#idleSince.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      this.#idleSince.set(socket, Infinity);
      response.once('close', () => {
        if (!socket.destroyed) this.#idleSince.set(socket, performance.now());
      });
    });
  }

  /**
   * Accepts no more, and waits until every connection is gone: after its next
   * answer, which tells the caller so, or when it is idle for long.
   */
  async retire(graceMs: number): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = setTimeout(
        () => this.#server.closeAllConnections(),
        graceMs,
      );
      const sweep = setInterval(() => this.#closeIdle(), 100);
      // Not the HTTP server's own close, which ends idle connections at once.
      NetServer.prototype.close.call(this.#server, () => {
        clearTimeout(timer);
        clearInterval(sweep);
        resolve();
      });
    });
  }

  #closeIdle(): void {
    for (const [socket, since] of this.#idleSince) {
      if (performance.now() - since > IDLE_MS) socket.end();
    }
  }
}
