import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that cannot listen where it was told to; the message is for people. */
export class ListenError extends Error {}

/** Binds a server and returns its base URL. */
export async function listen(
  server: Server,
  options: { host: string; port: number; purpose: string },
): Promise<string> {
  const { host, port } = options;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(explain(error, options))),
    );
    server.listen(port, host, resolve);
  });
  const { port: real } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${real}`;
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
