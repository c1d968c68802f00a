import type { Socket } from 'node:net';
import { certificateUris } from '../../http/TlsFiles';

/** URI names of the client certificates of open connections, by peer: gRPC hides the connection from a call. */
export class PeerCertificates {
  readonly #uris = new Map<string, string[]>();

  add(socket: Socket): void {
    const uris = certificateUris(socket);
    if (!uris.length) return;
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#uris.set(peer, uris);
    socket.once('close', () => this.#uris.delete(peer));
  }

  of(peer: string): readonly string[] {
    return this.#uris.get(peer) ?? [];
  }
}
