import type { Server } from 'node:http';
import type { SupervisedRole } from '../supervisor/SupervisedRole';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** A server that cannot listen where it was told to; the message is for people. */
export class ListenError extends Error {}

export interface ListenOptions {
  host: string;
  port: number;
  purpose: string;
  /** Holds the sockets of a server that can be upgraded. */
  role?: SupervisedRole;
}

/** Binds a server and returns its base URL. */
export async function listen(
  server: NetServer,
  options: ListenOptions,
): Promise<string> {
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${await bind(server, options)}`;
}

/** Binds a server and returns its address as clients of gRPC want it: `host:port`. */
export async function listenForGrpc(
  server: NetServer,
  options: ListenOptions,
): Promise<string> {
  return bind(server, options);
}

async function bind(
  server: NetServer,
  options: ListenOptions,
): Promise<string> {
  const { host, port, purpose, role } = options;
  try {
    await (role
      ? role.listen(server, { host, port, key: purpose })
      : new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          server.listen(port, host, resolve);
        }));
  } catch (error) {
    throw new ListenError(explain(error as NodeJS.ErrnoException, options));
  }
  const { port: real } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${name}:${real}`;
}

function explain(
  error: NodeJS.ErrnoException,
  { host, port, purpose }: { host: string; port: number; purpose: string },
): string {
  if (error.code === 'EADDRINUSE') {
    return `port ${port} for ${purpose} on ${host} is taken by another program; stop it or choose another port`;
  }
  return `cannot listen on ${host}:${port} for ${purpose}: ${error.message}`;
}

/** Stops accepting, lets answers finish, then cuts what is left after `graceMs`. */
export async function closeGracefully(
  server: Server,
  graceMs: number,
): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection becomes idle when its last answer is out; callers keep it open.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(sweep);
      resolve();
    });
  });
}
