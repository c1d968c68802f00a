import type { Socket } from 'node:net';
import type { CallerCredentials } from '../../callers/CallerAuthenticator';
import { certificateUris, peerCertificate } from '../../http/TlsFiles';

type Shown = Pick<CallerCredentials, 'certificate' | 'certificateUris'>;

const NOTHING: Shown = { certificateUris: [] };

/** Client certificates of open connections, by peer: gRPC hides the connection from a call. */
export class PeerCertificates {
  readonly #shown = new Map<string, Shown>();

  add(socket: Socket): void {
    const certificate = peerCertificate(socket);
    if (!certificate) return;
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#shown.set(peer, {
      certificate,
      certificateUris: certificateUris(socket),
    });
    socket.once('close', () => this.#shown.delete(peer));
  }

  of(peer: string): Shown {
    return this.#shown.get(peer) ?? NOTHING;
  }
}
