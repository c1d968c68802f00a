import { X509Certificate } from 'node:crypto';
import {
  createServer as createHttpServer,
  type RequestListener,
  type ServerOptions,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  createServer as createNetServer,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import {
  createSecureContext,
  createServer as createTlsServer,
  type TlsOptions,
  type TLSSocket,
} from 'node:tls';
import { LiveFiles } from '../config/LiveFiles';
import type { Logger } from '../log/Logger';

/** Where a listener's certificate lies. */
export interface TlsPaths {
  certFile: string;
  keyFile: string;
  /** Certificates of the authorities whose clients are believed; none are asked for without. */
  clientCaFile?: string;
}

interface TlsMaterial {
  cert: Buffer;
  key: Buffer;
  ca?: Buffer;
  /** Milliseconds since 1970. */
  expires: number;
}

/** TLS of one listener; a renewed certificate is taken up without a restart. */
export class TlsFiles {
  /** Throws when the files cannot be read, or do not belong together. */
  static open(paths: TlsPaths, purpose: string, logger: Logger): TlsFiles {
    const { certFile, keyFile, clientCaFile } = paths;
    return new TlsFiles(
      LiveFiles.open({
        what: `the certificate of ${purpose}`,
        paths: [certFile, keyFile, ...(clientCaFile ? [clientCaFile] : [])],
        parse: readMaterial,
        logger,
      }),
    );
  }

  readonly #files: LiveFiles<TlsMaterial>;

  private constructor(files: LiveFiles<TlsMaterial>) {
    this.#files = files;
  }

  /** When the certificate ends, in milliseconds since 1970. */
  get expires(): number {
    return this.#files.value.expires;
  }

  get problem(): string | undefined {
    return this.#files.problem;
  }

  /** For any kind of TLS server, such as that of HTTP/2. */
  options(): TlsOptions {
    const { cert, key, ca } = this.#files.value;
    return {
      ...{ cert, key, ca, minVersion: 'TLSv1.2' as const },
      // Also without authorities of its own: service accounts have the portal's.
      requestCert: true,
      // Who has no certificate may have a key; the gateway decides.
      rejectUnauthorized: false,
    };
  }

  /** Has the server use each new certificate for the connections from then on. */
  keepFresh(server: { setSecureContext(options: TlsOptions): void }): void {
    this.#files.onChange(() => server.setSecureContext(this.options()));
  }

  close(): void {
    this.#files.close();
  }
}

/** An HTTP server, with TLS or without. */
export function createWebServer(
  tls: TlsFiles | undefined,
  options: ServerOptions,
  listener: RequestListener,
): Server {
  if (!tls) return createHttpServer(options, listener);
  const server = createHttpsServer({ ...options, ...tls.options() }, listener);
  tls.keepFresh(server);
  return server;
}

/** A server of connections on which HTTP/2 is spoken, with TLS or without. */
export function createSocketServer(
  tls: TlsFiles | undefined,
  listener: (socket: Socket) => void,
): NetServer {
  if (!tls) return createNetServer(listener);
  const options = { ...tls.options(), ALPNProtocols: ['h2'] };
  const server = createTlsServer(options, listener);
  tls.keepFresh(server);
  return server;
}

/** URI names of the client certificate, if it was verified. */
export function certificateUris(socket: object): string[] {
  const { authorized, getPeerCertificate } = socket as Partial<TLSSocket>;
  if (!authorized || !getPeerCertificate) return [];
  const { subjectaltname } = (socket as TLSSocket).getPeerCertificate();
  return uriNamesIn(subjectaltname ?? '');
}

/**
 * URI names in what Node says of a certificate: `DNS:a, URI:spiffe://b/c`. It
 * quotes a name that has a comma or a quote, for it could look like several
 * names; none of ours has one, so no such name is anybody's.
 */
export function uriNamesIn(alternativeNames: string): string[] {
  const names = alternativeNames.matchAll(
    /([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/g,
  );
  return [...names]
    .filter(([, type, name]) => type === 'URI' && !name.startsWith('"'))
    .map(([, , name]) => name);
}

/** The client certificate as it came (DER), verified or not; the handshake proved that the peer has its key. */
export function peerCertificate(socket: object): Buffer | undefined {
  const { getPeerCertificate } = socket as Partial<TLSSocket>;
  if (!getPeerCertificate) return undefined;
  return (socket as TLSSocket).getPeerCertificate()?.raw;
}

function readMaterial([cert, key, ca]: Buffer[]): TlsMaterial {
  const certificate = new X509Certificate(cert);
  // Throws when key and certificate do not belong together.
  createSecureContext({ cert, key, ca });
  return { cert, key, ca, expires: Date.parse(certificate.validTo) };
}
